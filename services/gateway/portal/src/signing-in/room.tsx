import type { Room } from "@/rooms";

export const room: Room = {
  open: [
    { path: "sign-in", lazy: async () => ({ Component: (await import("@/signing-in/SignInPage")).SignInRoute }) },
    {
      path: "forgotten-password",
      lazy: async () => ({ Component: (await import("@/signing-in/ForgottenPage")).ForgottenPage }),
    },
    // Where the mails lead; the secret stands behind the #, which no server is told.
    { path: "links/:purpose", lazy: async () => ({ Component: (await import("@/signing-in/LinkPage")).LinkPage }) },
  ],
};
