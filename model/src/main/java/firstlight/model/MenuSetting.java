package firstlight.model;

/** When the boot menu is shown at a device. */
public sealed interface MenuSetting {
    record Never() implements MenuSetting {}

    record Always() implements MenuSetting {}

    /** Only when somebody presses the key within {@code seconds} (1 to 254). */
    record OnHotkey(int seconds) implements MenuSetting {
        public OnHotkey {
            if (seconds < 1 || seconds > 254) {
                throw new IllegalArgumentException("hotkey seconds must be 1 to 254, not " + seconds);
            }
        }
    }
}
