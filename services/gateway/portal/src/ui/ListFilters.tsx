/** The filters of a list, behind their button. */
import { Button, Checkbox, NativeSelect, Popover, Stack, TextInput } from "@mantine/core";
import { IconFilter } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Filter } from "@/ui/DataList";
import "@mantine/core/styles/CheckboxIndicator.css";
import "@mantine/core/styles/Checkbox.css";

export function ListFilters(props: {
  filters: readonly Exclude<Filter, { kind: "given" }>[];
  used: Readonly<Record<string, string>>;
  change: (id: string, value: string | null) => void;
}): ReactNode {
  const { t } = useTranslation("ui");
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" trapFocus width={280} shadow="md">
      <Popover.Target>
        <Button variant="default" leftSection={<IconFilter size={16} stroke={1.6} />} onClick={() => setOpened(!opened)}>
          {t("list.filters")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t("list.filters")}>
        <Stack gap="sm">
          {props.filters.map((filter) =>
            filter.kind === "choices" ? (
              <Checkbox.Group
                key={filter.id}
                label={filter.label}
                value={props.used[filter.id]?.split(",") ?? []}
                onChange={(values) => props.change(filter.id, values.join(",") || null)}
              >
                <Stack gap={6} mt={4}>
                  {filter.options.map((option) => (
                    <Checkbox key={option.value} value={option.value} label={option.label} size="sm" />
                  ))}
                </Stack>
              </Checkbox.Group>
            ) : filter.kind === "choice" ? (
              <NativeSelect
                key={filter.id}
                label={filter.label}
                value={props.used[filter.id] ?? ""}
                data={[{ value: "", label: t("list.all") }, ...filter.options]}
                onChange={(event) => props.change(filter.id, event.currentTarget.value || null)}
              />
            ) : (
              <TextInput
                key={filter.id}
                type="date"
                label={filter.label}
                value={props.used[filter.id] ?? ""}
                onChange={(event) => props.change(filter.id, event.currentTarget.value || null)}
              />
            ),
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
