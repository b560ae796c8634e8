import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** What would be here, and how to begin. */
export function EmptyState(props: { title: string; text?: string; children?: ReactNode }): ReactNode {
  return (
    <Stack align="center" gap="xs" py={56} px="md" ta="center">
      <Title order={2}>{props.title}</Title>
      {props.text !== undefined && (
        <Text c="dimmed" size="md" maw={460}>
          {props.text}
        </Text>
      )}
      {props.children}
    </Stack>
  );
}
