import type { Room } from "@/rooms";

const organisation = async (): Promise<{ Component: () => React.ReactNode }> => ({
  Component: (await import("@/organisations/OrganisationPage")).OrganisationPage,
});

export const room: Room = {
  routes: [
    {
      path: "organisations",
      lazy: async () => ({ Component: (await import("@/organisations/OrganisationsPage")).OrganisationsPage }),
    },
    {
      path: "organisations/register",
      lazy: async () => ({
        Component: (await import("@/organisations/RegisterOrganisationPage")).RegisterOrganisationPage,
      }),
    },
    { path: "organisations/:organisationId", lazy: organisation },
    { path: "organisations/:organisationId/:part", lazy: organisation },
  ],
};
