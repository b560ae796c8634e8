import { Group, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, must, type Schemas } from "@/api/client";
import { useOrderChange } from "@/orders/change";
import { LineName } from "@/orders/LineName";
import type { Order, OrderLine } from "@/orders/queries";
import { StepDialog } from "@/ui/StepDialog";
import { faultOf, plain, today } from "@/orders/typing";
import { useUnit } from "@/orders/units";
import { compare, scaled, typed, unscaled } from "@/ui/decimal";
import { useKeptDraft, useLeaveWarning, useSay } from "@/ui/form";
import { LineTable } from "@/ui/LineTable";
import { Quantity } from "@/ui/numbers";

function less(one: string, other: string): string {
  const rest = scaled(one) - scaled(other);
  return unscaled(rest > 0n ? rest : 0n);
}

function isSome(text: string): boolean {
  const number = typed(text);
  return number !== null && compare(number, "0") > 0;
}

/** What was shipped (goods issue, S-202): filled with all that is still to be shipped. */
export function Ship({ order, onClose }: { order: Order; onClose: () => void }): ReactNode {
  const { t } = useTranslation("orders");
  const say = useSay();
  const unit = useUnit();
  const [refusal, setRefusal] = useState<string | null>(null);
  const due = order.lines.filter((line) => compare(line.pending_quantity, "0") > 0);
  const form = useForm({
    initialValues: { number: "", day: today(), note: "", lines: due.map((line) => ({ quantity: plain(line.pending_quantity) })) },
    validate: {
      number: (text) => (text.trim() ? null : t("faults.number_missing")),
      day: (day) => (day ? null : t("faults.day")),
      lines: {
        quantity: (text: string, _: unknown, path: string) => {
          if (text.trim() === "") return null;
          const most = due[Number(path.split(".")[1])]?.pending_quantity ?? "0";
          const fault = faultOf(text, { least: "0", most });
          return fault === null ? null : t(fault === "most" ? "faults.moreThanPending" : `faults.${fault}`, { most: plain(most) });
        },
      },
    },
  });
  const forget = useKeptDraft(`order.${order.id}.ship.${String(order.sequence)}`, form);
  useLeaveWarning(form.isDirty());
  const ship = useOrderChange(
    order,
    (params, body: Schemas["IssueGoods"]) => must(api.POST("/orders/{order_id}/goods-issues", { params, body })),
    () => {
      forget();
      onClose();
    },
  );
  const chosen = form.values.lines.filter((line) => isSome(line.quantity)).length;
  const at = (line: OrderLine): string => String(due.indexOf(line));
  return (
    <StepDialog
      title={t("ship.title", { number: order.number })}
      word={t("ship.word", { count: chosen })}
      wide
      dirty={form.isDirty()}
      held={chosen === 0}
      pending={ship.isPending}
      refusal={refusal}
      onClose={() => {
        forget();
        onClose();
      }}
      onSubmit={form.onSubmit((values) => {
        setRefusal(null);
        const lines = due.flatMap((line, place) => {
          const quantity = values.lines[place]?.quantity ?? "";
          return isSome(quantity) ? [{ order_line: line.number, quantity: typed(quantity) ?? "" }] : [];
        });
        ship.mutate(
          { number: values.number.trim(), day: values.day, note: values.note.trim(), lines },
          { onError: (error) => setRefusal(say(error)) },
        );
      })}
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput label={t("ship.number")} maxLength={35} required data-autofocus {...form.getInputProps("number")} />
        <TextInput type="date" label={t("ship.day")} required {...form.getInputProps("day")} />
      </SimpleGrid>
      <TextInput label={t("ship.note")} placeholder={t("ship.notePlaceholder")} maxLength={4000} {...form.getInputProps("note")} />
      <LineTable
        caption={t("lines")}
        columns={[
          { id: "item", title: t("line.description"), cell: (line) => <LineName line={line} /> },
          {
            id: "pending",
            title: t("ship.pending"),
            numeric: true,
            cell: (line) => <Quantity amount={line.pending_quantity} unit={unit(line.unit)} />,
          },
          {
            id: "now",
            title: t("ship.now"),
            numeric: true,
            cell: (line) => (
              <Group justify="flex-end">
                <TextInput
                  w={120}
                  inputMode="decimal"
                  aria-label={t("ship.nowOf", { item: line.description })}
                  styles={{ input: { textAlign: "right" } }}
                  {...form.getInputProps(`lines.${at(line)}.quantity`)}
                />
              </Group>
            ),
          },
        ]}
        lines={due}
        keyOf={(line) => line.number}
      />
      <Text size="sm" c="dimmed">
        {t("ship.text", { name: order.customer.name })}
      </Text>
    </StepDialog>
  );
}

/** What arrived, and what of it is not accepted: filled with what was shipped and is not received yet. */
export function Receive({ order, onClose }: { order: Order; onClose: () => void }): ReactNode {
  const { t } = useTranslation("orders");
  const say = useSay();
  const unit = useUnit();
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm({
    initialValues: {
      number: "",
      day: today(),
      note: "",
      lines: order.lines.map((line) => {
        const coming = less(line.shipped_quantity, line.received_quantity);
        return { quantity: coming === "0" ? "" : coming, rejected: "", reason: "" };
      }),
    },
    validate: {
      number: (text) => (text.trim() ? null : t("faults.number_missing")),
      day: (day) => (day ? null : t("faults.day")),
      lines: {
        quantity: (text: string) => {
          if (text.trim() === "") return null;
          const fault = faultOf(text, { least: "0" });
          return fault === null ? null : t(`faults.${fault}`);
        },
        rejected: (text: string, values: { lines: { quantity: string }[] }, path: string) => {
          if (text.trim() === "") return null;
          const most = typed(values.lines[Number(path.split(".")[1])]?.quantity ?? "") ?? "0";
          const fault = faultOf(text, { least: "0", most });
          return fault === null ? null : t(fault === "most" ? "faults.moreThanArrived" : `faults.${fault}`, { most: plain(most) });
        },
        reason: (text: string, values: { lines: { rejected: string }[] }, path: string) =>
          isSome(values.lines[Number(path.split(".")[1])]?.rejected ?? "") && !text.trim() ? t("faults.reason") : null,
      },
    },
  });
  const forget = useKeptDraft(`order.${order.id}.receive.${String(order.sequence)}`, form);
  useLeaveWarning(form.isDirty());
  const receive = useOrderChange(
    order,
    (params, body: Schemas["ReceiveGoods"]) => must(api.POST("/orders/{order_id}/goods-receipts", { params, body })),
    () => {
      forget();
      onClose();
    },
  );
  const chosen = form.values.lines.filter((line) => isSome(line.quantity)).length;
  const at = (line: OrderLine): string => String(order.lines.indexOf(line));
  return (
    <StepDialog
      title={t("receive.title", { number: order.number })}
      word={t("receive.word", { count: chosen })}
      wide
      dirty={form.isDirty()}
      held={chosen === 0}
      pending={receive.isPending}
      refusal={refusal}
      onClose={() => {
        forget();
        onClose();
      }}
      onSubmit={form.onSubmit((values) => {
        setRefusal(null);
        const lines = order.lines.flatMap((line, place) => {
          const said = values.lines[place];
          return said !== undefined && isSome(said.quantity)
            ? [
                {
                  order_line: line.number,
                  quantity: typed(said.quantity) ?? "",
                  rejected_quantity: typed(said.rejected) ?? "0",
                  reason: said.reason.trim(),
                },
              ]
            : [];
        });
        receive.mutate(
          { number: values.number.trim(), day: values.day, note: values.note.trim(), lines },
          { onError: (error) => setRefusal(say(error)) },
        );
      })}
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput label={t("receive.number")} maxLength={35} required data-autofocus {...form.getInputProps("number")} />
        <TextInput type="date" label={t("receive.day")} required {...form.getInputProps("day")} />
      </SimpleGrid>
      <TextInput label={t("note")} maxLength={4000} {...form.getInputProps("note")} />
      <LineTable
        caption={t("lines")}
        columns={[
          { id: "item", title: t("line.description"), cell: (line) => <LineName line={line} /> },
          {
            id: "due",
            title: t("receive.due"),
            numeric: true,
            cell: (line) => (
              <Quantity amount={less(line.shipped_quantity, line.received_quantity)} unit={unit(line.unit)} dashZero />
            ),
          },
          {
            id: "arrived",
            title: t("receive.arrived"),
            numeric: true,
            cell: (line) => (
              <Group justify="flex-end">
                <TextInput
                  w={100}
                  inputMode="decimal"
                  aria-label={t("receive.arrivedOf", { item: line.description })}
                  styles={{ input: { textAlign: "right" } }}
                  {...form.getInputProps(`lines.${at(line)}.quantity`)}
                />
              </Group>
            ),
          },
          {
            id: "rejected",
            title: t("receive.rejected"),
            numeric: true,
            cell: (line) => (
              <Stack gap={4} align="flex-end">
                <TextInput
                  w={100}
                  inputMode="decimal"
                  aria-label={t("receive.rejectedOf", { item: line.description })}
                  styles={{ input: { textAlign: "right" } }}
                  {...form.getInputProps(`lines.${at(line)}.rejected`)}
                />
                {isSome(form.values.lines[order.lines.indexOf(line)]?.rejected ?? "") && (
                  <TextInput
                    w={200}
                    maxLength={4000}
                    placeholder={t("receive.reason")}
                    aria-label={t("receive.reasonOf", { item: line.description })}
                    {...form.getInputProps(`lines.${at(line)}.reason`)}
                  />
                )}
              </Stack>
            ),
          },
        ]}
        lines={order.lines}
        keyOf={(line) => line.number}
      />
      <Text size="sm" c="dimmed">
        {t("receive.text", { name: order.supplier.name })}
      </Text>
    </StepDialog>
  );
}
