import { useMemo, type ReactNode } from "react";
import { encode } from "uqr";
import classes from "@/account/Account.module.css";

/** A text for a camera. Drawn here: what it says is a secret, and no server is asked to draw it. */
export function QrCode({ text, label }: { text: string; label: string }): ReactNode {
  const { data, size } = useMemo(() => encode(text, { ecc: "M", border: 0 }), [text]);
  const path = useMemo(
    () => data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join(""),
    [data],
  );
  return (
    <svg className={classes.qr} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <path d={path} />
    </svg>
  );
}
