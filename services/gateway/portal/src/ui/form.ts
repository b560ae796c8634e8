/** What every form does: faults at their fields, a draft over a failed network, one sending, a word before leaving. */
import type { UseFormReturnType } from "@mantine/form";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useBlocker } from "react-router";
import { Problem } from "@/api/problem";

/**
 * Puts the faults of a refusal at their fields; what concerns no field of the form, or the whole, is returned
 * as the sentence to show above the button.
 */
export function showFaults<V extends Record<string, unknown>>(
  form: UseFormReturnType<V>,
  error: unknown,
  say: (problem: unknown) => string,
): string | null {
  if (!(error instanceof Problem) || error.faults.length === 0) return say(error);
  const values = form.getValues();
  const strangers: string[] = [];
  const found: Record<string, string> = {};
  for (const [path, detail] of Object.entries(error.byField())) {
    const top = path.split(".")[0] ?? "";
    if (top in values) found[path] = detail;
    else strangers.push(`${path}: ${detail}`);
  }
  form.setErrors(found);
  // Once the fields show that they are wrong.
  requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  return strangers.length > 0 ? strangers.join(" ") : null;
}

/** A sentence for any error, in the person's language where it is ours. */
export function useSay(): (error: unknown) => string {
  const { t } = useTranslation("ui");
  return (error) => {
    if (!(error instanceof Problem)) return t("problem.unknown");
    if (error.status === 0) return t("problem.unreachable");
    if (error.code === "stale") return t("problem.stale");
    if (error.status >= 500) return t("problem.ours", { number: error.requestId ?? "–" });
    return error.message === "" ? t("problem.unknown") : error.message;
  };
}

/** Keeps what was typed in this tab until it was sent: a reload or a lost connection costs nothing. */
export function useKeptDraft<V extends Record<string, unknown>>(name: string, form: UseFormReturnType<V>): () => void {
  const place = `counterpart.draft.${name}`;
  const restored = useRef(false);
  useEffect(() => {
    if (restored.current) return;
    restored.current = true;
    const kept = sessionStorage.getItem(place);
    if (kept !== null) {
      try {
        form.setValues(JSON.parse(kept) as Partial<V>);
      } catch {
        sessionStorage.removeItem(place);
      }
    }
  }, [form, place]);
  const values = form.values;
  const dirty = form.isDirty();
  useEffect(() => {
    if (dirty) sessionStorage.setItem(place, JSON.stringify(values));
  }, [place, values, dirty]);
  return () => sessionStorage.removeItem(place);
}

const SETTLING = 60;

/** Asks before a page with unsent changes is left: inside the portal, and when the tab is closed. */
export function useLeaveWarning(dirty: boolean): void {
  const { t } = useTranslation("ui");
  const blocker = useBlocker(({ currentLocation, nextLocation }) => dirty && currentLocation.pathname !== nextLocation.pathname);
  useEffect(() => {
    if (blocker.state !== "blocked") return;
    if (!dirty) {
      blocker.proceed();
      return;
    }
    // Where sending it is what led away, the form knows a moment later that nothing is unsent any more.
    const ask = setTimeout(() => {
      if (window.confirm(t("form.leave"))) blocker.proceed();
      else blocker.reset();
    }, SETTLING);
    return () => clearTimeout(ask);
  }, [blocker, dirty, t]);
  useEffect(() => {
    if (!dirty) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [dirty]);
}

export interface Followed {
  /** The state that was read when the person began to type: what `If-Match` must say. */
  sequence: number;
  /** Somebody else has changed it since. */
  overtaken: boolean;
  takeTheirs: () => void;
  keepMine: () => void;
}

/**
 * Keeps a form at what it edits. While nothing is typed the form shows each newer state; once something is, it
 * stays, and the person is told that somebody was quicker (`Overtaken`) instead of losing either.
 */
export function useFollowing<D extends { sequence: number }, V extends Record<string, unknown>>(
  form: UseFormReturnType<V>,
  document: D,
  read: (document: D) => V,
): Followed {
  const [sequence, setSequence] = useState(document.sequence);
  const newer = document.sequence > sequence;
  const dirty = form.isDirty();
  const show = (): void => {
    const values = read(document);
    form.setInitialValues(values);
    form.setValues(values);
    form.clearErrors();
    setSequence(document.sequence);
  };
  useEffect(() => {
    // eslint-disable-next-line react-hooks/set-state-in-effect -- the form is another system, which follows
    if (newer && !dirty) show();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `show` is made anew each time and says the same
  }, [newer, dirty, document]);
  return { sequence, overtaken: newer && dirty, takeTheirs: show, keepMine: () => setSequence(document.sequence) };
}

/** After a change of one's own: what is in the form is what was saved. */
export function settle<V extends Record<string, unknown>>(form: UseFormReturnType<V>, values: V): void {
  form.setInitialValues(values);
  form.setValues(values);
}
