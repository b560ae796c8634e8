/** One step that asks for something first: what it needs, what will come of it, one button. */
import { Button, Group, Modal, Stack } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { ReactNode, SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { Refusal } from "@/ui/ErrorState";

export function StepDialog(props: {
  title: string;
  /** The deed itself as a verb, never "OK". */
  word: string;
  /** Something ends or is lost by it. */
  grave?: boolean;
  wide?: boolean;
  /** Something was typed: a click beside the dialog does not lose it. */
  dirty?: boolean;
  /** Why it cannot be done yet; the button waits. */
  held?: boolean;
  pending: boolean;
  refusal: string | null;
  /** Another way out, beside the way back. */
  other?: ReactNode;
  onSubmit: (event: SubmitEvent<HTMLFormElement>) => void;
  onClose: () => void;
  children: ReactNode;
}): ReactNode {
  const { t } = useTranslation("ui");
  const phone = useMediaQuery("(max-width: 48em)", false, { getInitialValueInEffect: false });
  return (
    <Modal
      opened
      onClose={() => {
        if (!props.pending) props.onClose();
      }}
      title={props.title}
      size={props.wide ? 860 : 480}
      fullScreen={phone && props.wide === true}
      closeOnClickOutside={!props.pending && !props.dirty}
      closeButtonProps={{ "aria-label": t("confirm.close") }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          // The form below may be what opened this one; it is not meant.
          event.stopPropagation();
          if (!props.pending) props.onSubmit(event);
        }}
      >
        <Stack gap="md">
          {props.children}
          <Refusal>{props.refusal}</Refusal>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={props.onClose} disabled={props.pending}>
              {t("confirm.back")}
            </Button>
            {props.other}
            <Button
              type="submit"
              loading={props.pending}
              disabled={props.held ?? false}
              // A field that asks for the focus stands before it; what ends something is never one Enter away.
              {...(props.grave ? { color: "red" } : { "data-autofocus": true })}
            >
              {props.word}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
