import { Kbd, Modal, Table } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import "@mantine/core/styles/Table.css";

const KEYS = [
  ["Ctrl K", "everywhere"],
  ["/", "search"],
  ["j", "down"],
  ["k", "up"],
  ["Enter", "open"],
  ["n", "new"],
  ["?", "help"],
] as const;

export function KeyboardHelp({ opened, onClose }: { opened: boolean; onClose: () => void }): ReactNode {
  const { t } = useTranslation("shell");
  return (
    <Modal opened={opened} onClose={onClose} title={t("help.title")} closeButtonProps={{ "aria-label": t("close") }}>
      <Table verticalSpacing={6} withRowBorders={false}>
        <Table.Tbody>
          {KEYS.map(([key, what]) => (
            <Table.Tr key={key}>
              <Table.Td w={90}>
                <Kbd size="sm">{key}</Kbd>
              </Table.Td>
              <Table.Td>{t(`help.${what}`)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
