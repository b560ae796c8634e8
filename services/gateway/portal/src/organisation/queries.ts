/** What the pages ask about organisations and their people; every room that shows them uses these. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, must, type Schemas } from "@/api/client";
import type { Kind, Me, Role } from "@/api/session";

export type Organisation = Schemas["Organisation"];
export type Member = Schemas["Member"];
export type Invitation = Schemas["Invitation"];
export type ContactCard = Schemas["ContactCard"];

/** The roles of each kind of organisation (S-010), the everyday one first. */
export const ROLES_OF = {
  supplier: ["supplier-user", "supplier-admin"],
  customer: ["initiator", "supplier-manager", "buyer-accounting", "buyer-admin"],
  operator: [
    "operator-support",
    "operator-catalogue",
    "operator-accounting",
    "operator-development",
    "operator-management",
  ],
} as const satisfies Record<Kind, readonly Role[]>;

/** Who administers an organisation of this kind. */
export const ADMINISTRATOR_OF = {
  supplier: "supplier-admin",
  customer: "buyer-admin",
  operator: "operator-management",
} as const satisfies Record<Kind, Role>;

/** An organisation is administered by its own administrator, or by the operator's support (the API decides). */
export function mayAdminister(me: Me, organisationId: string): boolean {
  if (me.kind === undefined) return false;
  if (me.standing?.organisation.id === organisationId) return me.can(ADMINISTRATOR_OF[me.kind]);
  return me.can("operator-support", "operator-management");
}

export function organisationQuery(id: string) {
  return queryOptions({
    queryKey: ["organisations", id],
    queryFn: () =>
      must(api.GET("/organisations/{organisation_id}", { params: { path: { organisation_id: id } } })),
    meta: { live: [`organisation:${id}`] },
  });
}

export function contactCardQuery(id: string) {
  return queryOptions({
    queryKey: ["organisations", id, "card"],
    queryFn: () =>
      must(api.GET("/organisations/{organisation_id}/contact-card", { params: { path: { organisation_id: id } } })),
    staleTime: 60_000,
  });
}

export const operatorCardQuery = queryOptions({
  queryKey: ["operator", "card"],
  queryFn: () => must(api.GET("/operator/contact-card")),
  staleTime: 300_000,
});

export function membersQuery(id: string, search: string) {
  return infiniteQueryOptions({
    queryKey: ["organisations", id, "members", search],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      must(
        api.GET("/organisations/{organisation_id}/members", {
          params: {
            path: { organisation_id: id },
            query: { limit: 100, ...(search ? { search } : {}), ...(pageParam ? { after: pageParam } : {}) },
          },
        }),
      ),
    getNextPageParam: (page) => page.next,
    meta: { live: ["user", "membership"] },
  });
}

/** Who can do what this person may not: asked only where a page says so. */
export function membersWithRoleQuery(id: string, role: Role) {
  return queryOptions({
    queryKey: ["organisations", id, "members", "with", role],
    queryFn: () =>
      must(
        api.GET("/organisations/{organisation_id}/members", {
          params: { path: { organisation_id: id }, query: { role, status: "active", limit: 100 } },
        }),
      ),
    staleTime: 60_000,
    meta: { live: ["user"] },
  });
}

export function openInvitationsQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ["organisations", id, "invitations"],
    initialPageParam: "",
    queryFn: ({ pageParam }) =>
      must(
        api.GET("/organisations/{organisation_id}/invitations", {
          params: {
            path: { organisation_id: id },
            query: { status: "open", limit: 100, ...(pageParam ? { after: pageParam } : {}) },
          },
        }),
      ),
    getNextPageParam: (page) => page.next,
    meta: { live: ["invitation"] },
  });
}
