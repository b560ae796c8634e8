/** For what cannot be taken back: says the consequence, in numbers where there are any, before it is done. */
import type { ReactNode } from "react";
import { useSay } from "@/ui/form";
import { StepDialog } from "@/ui/StepDialog";

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
  const say = useSay();
  const { opened, error, onConfirm, children, ...dialog } = props;
  if (!opened) return null;
  return (
    <StepDialog {...dialog} refusal={error ? say(error) : null} onSubmit={onConfirm}>
      <div>{children}</div>
    </StepDialog>
  );
}
