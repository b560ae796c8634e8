/** For what cannot be taken back: says the consequence, in numbers where there are any, before it is done. */
import { Button, Group, Modal, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Refusal } from "@/ui/ErrorState";
import { useSay } from "@/ui/form";

export function Confirm(props: {
  opened: boolean;
  title: string;
  /** What will come of it. */
  children: ReactNode;
  /** The button's word: the deed itself, never "OK". */
  word: string;
  /** Whether something is lost by it. */
  grave?: boolean;
  /** Not yet possible: a reason is missing, the consequence is still being counted. */
  held?: boolean;
  pending: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
}): ReactNode {
  const { t } = useTranslation("ui");
  const say = useSay();
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      closeButtonProps={{ "aria-label": t("confirm.back") }}
      closeOnClickOutside={!props.pending}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!props.pending && props.held !== true) props.onConfirm();
        }}
      >
        <Stack gap="md">
          <div>{props.children}</div>
          <Refusal>{props.error ? say(props.error) : null}</Refusal>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={props.onClose} disabled={props.pending}>
              {t("confirm.back")}
            </Button>
            <Button
              type="submit"
              {...(props.grave ? { color: "red" } : {})}
              loading={props.pending}
              disabled={props.held ?? false}
              data-autofocus={props.grave ? undefined : true}
            >
              {props.word}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
