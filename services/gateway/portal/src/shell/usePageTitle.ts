import { useEffect } from "react";

/** The title of the tab: what is on the page, then whose portal it is. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Counterpart` : "Counterpart";
  }, [title]);
}
