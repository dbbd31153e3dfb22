package firstlight.lab;

import java.nio.file.Path;

/** A person at a BIOS PC: reads the screen, presses keys through QEMU. */
final class MenuFingers {
    private static final int PATIENCE_SECONDS = 90;

    private final VirtualPc pc;

    MenuFingers(VirtualPc pc) {
        this.pc = pc;
    }

    /** Waits for the firmware's prompt, presses its hotkey, takes Firstlight's item, waits for the boot menu. */
    void openMenu() {
        waitFor("F8");
        pc.qmp().press("f8");
        // The firmware's own list: the local disk first, Firstlight below it. iPXE's ROM of 2019 paints it so far down
        // that
        // only the first item is on the screen.
        Wait.until(
                "the firmware's own menu",
                PATIENCE_SECONDS,
                () -> screen().selected().isPresent());
        pc.qmp().press("down");
        pc.qmp().press("ret");
        waitFor("Maintenance");
    }

    /** Moves the cursor to the item that holds {@code words} and takes it. */
    void choose(String words) {
        for (int presses = 0; presses < 2 * TextScreen.ROWS; presses++) {
            if (screen().selected().filter(row -> row.contains(words)).isPresent()) {
                pc.qmp().press("ret");
                return;
            }
            String before = screen().selected().orElse("");
            pc.qmp().press("down");
            Wait.until(
                    "the menu's cursor to move",
                    10,
                    () -> !screen().selected().orElse("").equals(before));
        }
        throw new LabFailure("the menu has no item '" + words + "'; it shows:\n" + screen().text());
    }

    void screenshot(Path png) {
        pc.qmp().screenshot(png);
    }

    TextScreen screen() {
        return pc.textScreen();
    }

    private void waitFor(String words) {
        try {
            Wait.until("'" + words + "' on the screen", PATIENCE_SECONDS, () -> screen().shows(words));
        } catch (LabFailure failure) {
            throw new LabFailure(failure.getMessage() + "; it shows:\n" + screen().text(), failure);
        }
    }
}
