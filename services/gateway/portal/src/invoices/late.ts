/** Days after the due day, counted by the person's calendar. */
export function daysLate(due: string, now: Date = new Date()): number {
  const today = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate());
  return Math.round((today - Date.parse(`${due.slice(0, 10)}T00:00:00Z`)) / 86_400_000);
}
