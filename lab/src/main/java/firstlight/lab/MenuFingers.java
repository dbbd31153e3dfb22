package firstlight.lab;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A person at a BIOS PC: reads the screen, presses keys through QEMU. */
final class MenuFingers {
    /** For each thing that the screen is to show. */
    private static final int PATIENCE_SECONDS = 90;
    /** Looks are 50 ms apart. */
    private static final int LOOKS_AT_REST = 10;

    private final VirtualPc pc;

    MenuFingers(VirtualPc pc) {
        this.pc = pc;
    }

    /** Waits for the firmware's prompt, presses its hotkey, takes Firstlight's item, waits for the boot menu. */
    void openMenu() {
        waitFor("F8");
        pc.qmp().press("f8");
        // The firmware's own list: the local disk first, Firstlight below it. iPXE's
        // ROM of 2019 paints it so far down that only the first item is on the screen.
        Wait.until(
                "the firmware's own menu",
                PATIENCE_SECONDS,
                () -> screen().selected().isPresent());
        pc.qmp().press("down");
        pc.qmp().press("ret");
        waitFor("Maintenance");
    }

    /**
     * Moves the cursor to the item that holds {@code words} and takes it. A menu may be longer than the screen: the cursor goes
     * down until it holds the words, twice round at most.
     */
    void choose(String words) {
        for (int presses = 0; presses < 2 * TextScreen.ROWS; presses++) {
            if (settled().selected().filter(row -> row.contains(words)).isPresent()) {
                pc.qmp().press("ret");
                return;
            }
            // The item may be behind the cursor: a menu that was overshot is begun again.
            pc.qmp().press(presses % TextScreen.ROWS == TextScreen.ROWS - 1 ? "home" : "down");
        }
        throw new LabFailure("the menu has no item '" + words + "'; it shows:\n" + screen().text());
    }

    /** Types {@code words} and presses Enter; QEMU holds back each key until the one before was let go. */
    void type(String words) {
        words.chars().forEach(letter -> pc.qmp().press(key((char) letter)));
        pc.qmp().press("ret");
    }

    void press(String key, int times) {
        for (int i = 0; i < times; i++) {
            pc.qmp().press(key);
        }
    }

    /** QEMU's name of the key on an American keyboard; letters, digits, hyphens and blanks only. */
    private static String key(char letter) {
        return switch (letter) {
            case '-' -> "minus";
            case ' ' -> "spc";
            default ->
                Character.isUpperCase(letter) ? "shift-" + Character.toLowerCase(letter) : String.valueOf(letter);
        };
    }

    void screenshot(Path png) {
        pc.qmp().screenshot(png);
    }

    TextScreen screen() {
        return pc.textScreen();
    }

    /**
     * The screen when it has not changed for as long as a key needs: the menu may still be painted, or count down, and a look at the
     * wrong moment would press a key too many.
     */
    private TextScreen settled() {
        AtomicReference<Optional<String>> last = new AtomicReference<>(screen().selected());
        AtomicInteger same = new AtomicInteger();
        Wait.until("the menu's cursor to rest", PATIENCE_SECONDS, () -> {
            Optional<String> now = screen().selected().map(MenuFingers::withoutCountdown);
            same.set(now.isPresent() && now.equals(last.getAndSet(now)) ? same.get() + 1 : 0);
            return same.get() == LOOKS_AT_REST;
        });
        return screen();
    }

    /** iPXE counts down at the end of the line under the cursor. */
    private static String withoutCountdown(String row) {
        return row.replaceFirst("\\s+\\(\\d+\\)$", "");
    }

    void waitFor(String words) {
        try {
            Wait.until("'" + words + "' on the screen", PATIENCE_SECONDS, () -> screen().shows(words));
        } catch (LabFailure failure) {
            throw new LabFailure(failure.getMessage() + "; it shows:\n" + screen().text(), failure);
        }
    }
}
