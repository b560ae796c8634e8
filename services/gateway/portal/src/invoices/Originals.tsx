/** Whether the signed originals have arrived, and who noted it (S-067). */
import { Button, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, must } from "@/api/client";
import { useMe } from "@/api/session";
import type { Invoice } from "@/invoices/queries";
import { useStep } from "@/invoices/Steps";
import { Refusal } from "@/ui/ErrorState";
import { useSay } from "@/ui/form";
import { Moment } from "@/ui/numbers";

export function Originals({ invoice }: { invoice: Invoice }): ReactNode {
  const { t } = useTranslation("invoices");
  const me = useMe();
  const say = useSay();
  const note = useStep(
    invoice,
    (received: boolean, header) =>
      must(api.POST("/invoices/{invoice_id}/note-originals", { params: { path: { invoice_id: invoice.id }, header }, body: { received } })),
    () => undefined,
  );
  const { originals } = invoice;
  const may =
    me.kind === "customer" &&
    invoice.status !== "draft" &&
    (invoice.initiator.id === me.session.user.id || me.can("buyer-accounting", "buyer-admin"));
  return (
    <>
      {originals === null ? (
        <Text span>{t("originals.missing")}</Text>
      ) : (
        <Text span>
          {t("originals.received", { name: originals.received_by.name })} <Moment at={originals.received_at} />
        </Text>
      )}
      {may && (
        <div>
          <Button size="compact-sm" variant="default" mt={4} loading={note.isPending} onClick={() => note.mutate(originals === null)}>
            {t(originals === null ? "originals.note" : "originals.takeBack")}
          </Button>
        </div>
      )}
      <Refusal>{note.isError ? say(note.error) : null}</Refusal>
    </>
  );
}
