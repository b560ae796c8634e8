import type { ReactNode } from "react";
import type { OrderLine } from "@/orders/queries";

/** What a line is about: its description, and the item's number below. */
export function LineName({ line, children }: { line: Pick<OrderLine, "number" | "item_number" | "description">; children?: ReactNode }): ReactNode {
  return (
    <div>
      <div>{line.description}</div>
      <div style={{ color: "var(--mantine-color-dimmed)", fontSize: 13, fontWeight: 400 }}>
        {line.number} · {line.item_number}
        {children}
      </div>
    </div>
  );
}
