/** Between the door and the pages: who is not signed in signs in here and goes on to where they wanted. */
import { lazy, Suspense, type ReactNode } from "react";
import { MeProvider, useSession } from "@/api/session";
import { Unreachable, Waiting } from "@/entrance/pages";

// Whoever is not signed in yet need not wait for the menus.
const Shell = lazy(async () => ({ default: (await import("@/shell/Shell")).Shell }));
const SignInPage = lazy(async () => ({ default: (await import("@/signing-in/SignInPage")).SignInPage }));
const FirstPasswordPage = lazy(async () => ({
  default: (await import("@/signing-in/FirstPasswordPage")).FirstPasswordPage,
}));

export function Entrance(): ReactNode {
  const session = useSession();
  if (session.isPending) return <Waiting />;
  if (session.data === undefined) return <Unreachable again={() => void session.refetch()} />;
  if (session.data === null)
    return (
      <Suspense fallback={<Waiting />}>
        <SignInPage />
      </Suspense>
    );
  if (session.data.must_change_password)
    return (
      <Suspense fallback={<Waiting />}>
        <FirstPasswordPage session={session.data} />
      </Suspense>
    );
  return (
    <MeProvider session={session.data}>
      <Suspense fallback={<Waiting />}>
        <Shell />
      </Suspense>
    </MeProvider>
  );
}
