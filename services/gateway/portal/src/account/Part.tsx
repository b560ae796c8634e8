import { Alert, Text, Title } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useId, type ReactNode } from "react";
import classes from "@/account/Account.module.css";

/** One matter of the account: what it is, what it is for, and what can be done. */
export function Part(props: { title: string; text?: string; children: ReactNode }): ReactNode {
  const id = useId();
  return (
    <section className={classes.part} aria-labelledby={id}>
      <header>
        <Title order={2} id={id}>
          {props.title}
        </Title>
        {props.text !== undefined && (
          <Text c="dimmed" mt={2}>
            {props.text}
          </Text>
        )}
      </header>
      {props.children}
    </section>
  );
}

/** That it has worked; read aloud when it appears. */
export function Done({ children }: { children: string | null }): ReactNode {
  return (
    <div role="status">
      {children !== null && (
        <Alert role="none" color="green" variant="light" icon={<IconCheck size={20} />} className={classes.done}>
          {children}
        </Alert>
      )}
    </div>
  );
}
