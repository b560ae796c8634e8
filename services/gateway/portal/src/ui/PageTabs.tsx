/** The parts of one thing, each with an address of its own: settings, a supplier, an organisation. */
import type { ReactNode } from "react";
import { NavLink } from "react-router";
import classes from "@/ui/Tabs.module.css";

export interface PageTab {
  to: string;
  label: string;
}

export function PageTabs({ label, tabs }: { label: string; tabs: readonly PageTab[] }): ReactNode {
  return (
    <nav aria-label={label}>
      <ul className={classes.tabs}>
        {tabs.map((tab) => (
          <li key={tab.to}>
            <NavLink to={tab.to} end>
              {tab.label}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
