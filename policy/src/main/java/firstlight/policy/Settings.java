package firstlight.policy;

import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import java.util.List;

/**
 * The server's own level of policy.
 *
 * @param menu for devices without a setting of their own
 * @param prompt what a firmware shows while it waits for the hotkey (ASCII)
 * @param maxAttempts how often a device may begin the same work
 */
public record Settings(
        NewDevices newDevices,
        MenuSetting menu,
        String prompt,
        List<MenuEntry> entries,
        String kernelArguments,
        int maxAttempts) {
    public Settings {
        entries = List.copyOf(entries);
    }
}
