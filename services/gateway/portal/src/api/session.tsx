/** Who is signed in, for which organisation this tab acts, and what that allows. */
import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { createContext, use, useCallback, useMemo, type ReactNode } from "react";
import { newKey } from "@/api/change";
import { api, must, speakFor, type Schemas } from "@/api/client";
import { Problem } from "@/api/problem";

export type Session = Schemas["Session"];
export type Standing = Schemas["Standing"];
export type Role = Schemas["Role"];
export type Kind = Schemas["OrganisationKind"];

export const SESSION_KEY = ["session"] as const;
const CHOSEN = "counterpart.organisation";

/** The session, or null for somebody who is not signed in. */
export async function readSession(): Promise<Session | null> {
  try {
    return await must(api.GET("/sessions/current"));
  } catch (error) {
    if (error instanceof Problem && error.signedOut) return null;
    throw error;
  }
}

export function useSession(): ReturnType<typeof useQuery<Session | null>> {
  return useQuery({ queryKey: SESSION_KEY, queryFn: readSession, staleTime: 60_000 });
}

/** What the pages ask of the person: their name, and what they may do for whom. */
export interface Me {
  session: Session;
  /** The organisation this tab acts for; undefined for somebody without any. */
  standing: Standing | undefined;
  kind: Kind | undefined;
  /** Whether the person has one of these roles here. */
  can: (...roles: Role[]) => boolean;
  /** Act for another organisation, in this tab and in tabs opened later. */
  actFor: (organisationId: string) => Promise<void>;
}

const MeContext = createContext<Me | null>(null);

export function MeProvider({ session, children }: { session: Session; children: ReactNode }): ReactNode {
  const queries = useQueryClient();
  const standing = standingOf(session);
  speakFor({ csrfToken: session.csrf_token, organisation: standing?.organisation.id ?? "" });

  const actFor = useCallback(
    async (organisationId: string) => {
      sessionStorage.setItem(CHOSEN, organisationId);
      speakFor({ organisation: organisationId });
      const changed = await must(
        api.POST("/sessions/current/act-for", {
          params: { header: { "Idempotency-Key": newKey() } },
          body: { organisation_id: organisationId },
        }),
      );
      hold(queries, changed);
    },
    [queries],
  );

  const me = useMemo<Me>(() => {
    const held = new Set<Role>(standing?.roles);
    return {
      session,
      standing,
      kind: standing?.kind,
      can: (...roles) => roles.some((role) => held.has(role)),
      actFor,
    };
  }, [session, standing, actFor]);
  return <MeContext value={me}>{children}</MeContext>;
}

export function useMe(): Me {
  const me = use(MeContext);
  if (me === null) throw new Error("useMe outside a signed-in page");
  return me;
}

function standingOf(session: Session): Standing | undefined {
  const chosen = sessionStorage.getItem(CHOSEN) ?? session.acting_for;
  return session.standings.find((one) => one.organisation.id === chosen) ?? session.standings[0];
}

/**
 * Another session, or none: nothing of the one before stays on the screen, not even for a moment. The session
 * itself keeps its place, or whoever looks at it would not be told.
 */
export function hold(queries: QueryClient, session: Session | null): void {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] });
  queries.setQueryData(SESSION_KEY, session);
}

/** Forget everything of a person who has signed out. */
export function forgetPerson(): void {
  sessionStorage.clear();
  speakFor({ csrfToken: "", organisation: "" });
}
