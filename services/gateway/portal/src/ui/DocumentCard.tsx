/** What stands for a document in a list on a phone: its number and status, whose it is and how much, and when. */
import { Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { useFormats } from "@/ui/numbers";

export function DocumentCard(props: {
  name: string;
  status?: ReactNode;
  /** Whose it is. */
  who: ReactNode;
  amount: string;
  currency: string;
  /** A quiet line below: dates, mostly. */
  note?: ReactNode;
}): ReactNode {
  const { money } = useFormats();
  return (
    <>
      <Group justify="space-between" wrap="nowrap">
        <Text fw={600} c="var(--mantine-color-anchor)" truncate>
          {props.name}
        </Text>
        {props.status}
      </Group>
      <Group justify="space-between" wrap="nowrap" mt={4}>
        <Text size="sm" truncate>
          {props.who}
        </Text>
        <Text size="sm" fw={600} className="num" style={{ flex: "none" }}>
          {money(props.amount)} {props.currency}
        </Text>
      </Group>
      {props.note !== undefined && (
        <Text size="xs" c="dimmed" mt={2}>
          {props.note}
        </Text>
      )}
    </>
  );
}
