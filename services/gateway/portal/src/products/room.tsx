import { IconTag } from "@tabler/icons-react";
import type { Room } from "@/rooms";

export const room: Room = {
  routes: [{ path: "products", lazy: async () => ({ Component: (await import("@/products/ProductsPage")).ProductsPage }) }],
  menu: [
    {
      label: "menu.products",
      to: "/products",
      icon: IconTag,
      shownTo: (me) => me.kind === "supplier",
      place: 50,
    },
    {
      label: "menu.priceLists",
      to: "/products",
      icon: IconTag,
      shownTo: (me) => me.kind === "customer",
      place: 15,
    },
  ],
};
