import { Stack, Switch, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useChange } from "@/api/change";
import { api, must } from "@/api/client";
import { partnershipQuery, type Partnership } from "@/suppliers/queries";
import { Confirm } from "@/ui/Confirm";
import { ErrorState } from "@/ui/ErrorState";
import { useSay } from "@/ui/form";
import "@mantine/core/styles/Switch.css";

/** Whether the supplier may act for this customer; off deletes its drafts, and how many is told before (S-100 … S-102). */
export function PortalSwitch({ partnership, may }: { partnership: Partnership; may: boolean }): ReactNode {
  const { t } = useTranslation("suppliers");
  const say = useSay();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const path = { partnership_id: partnership.id };
  const name = partnership.supplier.name;
  const switched = {
    invalidates: () => [["partnerships"]],
    onDone: (now: { enabled: boolean }) => {
      setAsking(false);
      notifications.show({ message: t(now.enabled ? "portal.isOn" : "portal.isOff", { name }) });
    },
  };
  const disable = useChange({
    send: (_: null, header) =>
      must(api.POST("/partnerships/{partnership_id}/disable-portal", { params: { path, header } })),
    ...switched,
  });
  const enable = useChange({
    send: (_: null, header) =>
      must(api.POST("/partnerships/{partnership_id}/enable-portal", { params: { path, header } })),
    ...switched,
  });
  // The number as it is now, not as it was when somebody last asked.
  const drafts = useQuery({
    queryKey: ["partnerships", partnership.id, "drafts"],
    queryFn: () => must(api.GET("/partnerships/{partnership_id}/drafts", { params: { path } })),
    enabled: asking,
    gcTime: 0,
    staleTime: 0,
    meta: { live: ["invoice"] },
  });
  const failed = (error: Error): void => {
    notifications.show({ message: say(error), color: "red", autoClose: 8000 });
    void queries.invalidateQueries({ queryKey: partnershipQuery(partnership.id).queryKey });
  };
  return (
    <>
      <Switch
        size="md"
        label={t("portal.label", { name })}
        description={t(partnership.enabled ? "portal.onText" : "portal.offText", { name })}
        checked={partnership.enabled}
        disabled={!may || enable.isPending}
        onChange={() => {
          disable.reset();
          if (partnership.enabled) setAsking(true);
          else enable.mutate(null, { onError: failed });
        }}
      />
      <Confirm
        opened={asking}
        title={t("portal.question", { name })}
        word={t("portal.switchOff")}
        grave
        held={drafts.data === undefined}
        pending={disable.isPending}
        error={disable.error}
        onConfirm={() => disable.mutate(null)}
        onClose={() => setAsking(false)}
      >
        {drafts.isError ? (
          <ErrorState error={drafts.error} again={() => void drafts.refetch()} />
        ) : (
          <Stack gap="xs">
            <Text fw={600} size="md" role="status">
              {drafts.data === undefined ? t("portal.counting") : t("portal.drafts", { count: drafts.data.invoices + drafts.data.statements })}
            </Text>
            <Text>{t("portal.consequence", { name })}</Text>
          </Stack>
        )}
      </Confirm>
    </>
  );
}
