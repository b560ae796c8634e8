/** Where everybody begins: the dashboard where a room has one, otherwise the first entry of the menu. */
import type { ReactNode } from "react";
import { Suspense, lazy } from "react";
import { Navigate } from "react-router";
import { useMe } from "@/api/session";
import { NobodyPage } from "@/shell/NobodyPage";
import { Waiting } from "@/entrance/pages";
import { entriesOf } from "@/menu";

const homes = import.meta.glob<{ HomePage: () => ReactNode }>("../home/HomePage.tsx");
const loadHome = Object.values(homes)[0];
const Home = loadHome === undefined ? null : lazy(async () => ({ default: (await loadHome()).HomePage }));

export function StartPage(): ReactNode {
  const me = useMe();
  if (me.standing === undefined) return <NobodyPage />;
  if (Home !== null)
    return (
      <Suspense fallback={<Waiting />}>
        <Home />
      </Suspense>
    );
  const first = entriesOf(me)[0];
  return first === undefined ? <NobodyPage /> : <Navigate to={first.to} replace />;
}
