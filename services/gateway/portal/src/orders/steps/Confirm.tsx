import { Anchor, Group, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, must } from "@/api/client";
import { useOrderChange } from "@/orders/change";
import { LineName } from "@/orders/LineName";
import type { Order, OrderLine } from "@/orders/queries";
import { StepDialog } from "@/ui/StepDialog";
import { faultOf, plain } from "@/orders/typing";
import { compare, sum, times, typed } from "@/ui/decimal";
import { showFaults, useKeptDraft, useLeaveWarning, useSay } from "@/ui/form";
import { LineTable } from "@/ui/LineTable";
import { Money, Quantity } from "@/ui/numbers";
import { useUnit } from "@/orders/units";

/** The supplier says of each line what it will deliver; what it leaves alone is confirmed as ordered (S-029). */
export function Confirm({ order, onClose, onRefuse }: { order: Order; onClose: () => void; onRefuse: () => void }): ReactNode {
  const { t } = useTranslation("orders");
  const say = useSay();
  const unit = useUnit();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({
    initialValues: { lines: order.lines.map((line) => ({ quantity: plain(line.quantity), note: "" })) },
    validate: {
      lines: {
        quantity: (text: string, _: unknown, path: string) => {
          const most = order.lines[Number(path.split(".")[1])]?.quantity ?? "0";
          const fault = faultOf(text, { least: "0", most });
          return fault === null ? null : t(fault === "most" ? "faults.moreThanOrdered" : `faults.${fault}`, { most: plain(most) });
        },
      },
    },
  });
  const forget = useKeptDraft(`order.${order.id}.confirm.${String(order.revision)}`, form);
  useLeaveWarning(form.isDirty());
  const answers = order.lines.map((line, at) => {
    const said = form.values.lines[at];
    return { line, quantity: typed(said?.quantity ?? ""), note: said?.note.trim() ?? "" };
  });
  const differs = answers.filter(({ line, quantity }) => quantity === null || compare(quantity, line.quantity) !== 0);
  const nothing = answers.every(({ quantity }) => quantity !== null && compare(quantity, "0") === 0);
  const net = sum(
    answers.map(({ line, quantity }) =>
      quantity === null || quantity.startsWith("-") ? "0" : times(quantity, line.unit_price, order.amount_places),
    ),
  );
  const confirm = useOrderChange(
    order,
    (params, lines: { number: number; quantity: string; note: string | null }[]) =>
      must(api.POST("/orders/{order_id}/confirm", { params, body: { lines } })),
    () => {
      forget();
      onClose();
    },
  );
  const at = (line: OrderLine): number => order.lines.indexOf(line);

  return (
    <StepDialog
      title={t("confirm.title", { number: order.number })}
      word={differs.length === 0 ? t("confirm.all") : t("confirm.some", { count: differs.length })}
      wide
      dirty={form.isDirty()}
      held={nothing}
      pending={confirm.isPending}
      refusal={refusal}
      onClose={() => {
        forget();
        onClose();
      }}
      onSubmit={form.onSubmit(() => {
        setRefusal(null);
        const said = answers.some(({ note }) => note) || differs.length > 0;
        confirm.mutate(
          said
            ? answers.map(({ line, quantity, note }) => ({ number: line.number, quantity: quantity ?? "0", note: note || null }))
            : [],
          { onError: (error) => setRefusal(showFaults(form, error, say)) },
        );
      })}
    >
      <Text>{t("confirm.text")}</Text>
      <LineTable
        caption={t("lines")}
        columns={[
          { id: "item", title: t("line.description"), cell: (line) => <LineName line={line} /> },
          {
            id: "ordered",
            title: t("line.ordered"),
            numeric: true,
            cell: (line) => <Quantity amount={line.quantity} unit={unit(line.unit)} />,
          },
          {
            id: "quantity",
            title: t("confirm.quantity"),
            numeric: true,
            cell: (line) => (
              <Stack gap={2} align="flex-end">
                <TextInput
                  w={110}
                  aria-label={t("confirm.quantityOf", { item: line.description })}
                  inputMode="decimal"
                  styles={{ input: { textAlign: "right" } }}
                  {...form.getInputProps(`lines.${String(at(line))}.quantity`)}
                />
                <Anchor
                  component="button"
                  type="button"
                  size="xs"
                  onClick={() =>
                    form.setFieldValue(
                      `lines.${String(at(line))}.quantity`,
                      form.values.lines[at(line)]?.quantity === "0" ? plain(line.quantity) : "0",
                    )
                  }
                >
                  {form.values.lines[at(line)]?.quantity === "0" ? t("confirm.asOrdered") : t("confirm.none")}
                </Anchor>
              </Stack>
            ),
          },
          {
            id: "note",
            title: t("confirm.note"),
            cell: (line) => (
              <TextInput
                miw={150}
                maxLength={1000}
                aria-label={t("confirm.noteOf", { item: line.description })}
                placeholder={t("confirm.notePlaceholder")}
                {...form.getInputProps(`lines.${String(at(line))}.note`)}
              />
            ),
          },
        ]}
        lines={order.lines}
        keyOf={(line) => line.number}
      />
      <Group justify="flex-end" gap={6}>
        {nothing ? (
          <Text c="var(--mantine-color-error)">
            {t("confirm.nothing")}{" "}
            <Anchor component="button" type="button" size="sm" onClick={onRefuse}>
              {t("confirm.refuseInstead")}
            </Anchor>
          </Text>
        ) : (
          <Text fw={600}>
            {t("confirm.sum")} <Money amount={net} places={order.amount_places} /> {t("confirm.of")}{" "}
            <Money amount={order.net} currency={order.currency} places={order.amount_places} />
          </Text>
        )}
      </Group>
    </StepDialog>
  );
}
