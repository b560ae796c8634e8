/** Bars with their numbers readable and a table behind them. No library: what is drawn is some rectangles. */
import { Anchor } from "@mantine/core";
import { useState, type CSSProperties, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import classes from "@/ui/Plot.module.css";

export interface Bar {
  label: string;
  value: number;
  /** The number as people read it. */
  shown: string;
  /** The same, short: what stands at the bar where the whole number has no room. */
  short?: string;
  /** The list behind the number. */
  to?: string;
}

export function Plot(props: { title: string; bars: readonly Bar[]; valueTitle: string; labelTitle: string }): ReactNode {
  const { t } = useTranslation("ui");
  const [asTable, setAsTable] = useState(false);
  const most = Math.max(...props.bars.map((bar) => bar.value), 1);
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>
        <span>{props.title}</span>
        <Anchor component="button" type="button" size="xs" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {t("table.numbers")}
        </Anchor>
      </figcaption>
      {asTable ? (
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">{props.labelTitle}</th>
              <th scope="col">{props.valueTitle}</th>
            </tr>
          </thead>
          <tbody>
            {props.bars.map((bar) => (
              <tr key={bar.label}>
                <th scope="row">{bar.label}</th>
                <td>{bar.to === undefined ? bar.shown : <Link to={bar.to}>{bar.shown}</Link>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <ul className={classes.plot}>
          {props.bars.map((bar) => {
            const inner = (
              <>
                <span className={classes.value} title={bar.shown}>
                  {bar.value === 0 ? "–" : (bar.short ?? bar.shown)}
                </span>
                <span className={classes.track} style={{ "--part": bar.value / most } as CSSProperties} aria-hidden="true">
                  <span className={classes.bar} />
                </span>
                <span className={classes.label}>{bar.label}</span>
              </>
            );
            return (
              <li key={bar.label}>
                {bar.to === undefined ? <div className={classes.column}>{inner}</div> : <Link to={bar.to} className={classes.column}>{inner}</Link>}
              </li>
            );
          })}
        </ul>
      )}
    </figure>
  );
}
