package firstlight.model;

import java.util.List;

/**
 * What the transaction server tells the preboot client: menu and work in one answer.
 *
 * @param transaction the transaction's public number, for logs and the console
 * @param token secret of this transaction; the only secret on a kernel command line
 * @param imaging whether the automatic way is the imaging environment (true or unknown work); else it is the local disk
 * @param kernelArguments what this device's imaging environment gets on its command line besides the transaction's own
 */
public record PrebootAnswer(
        long transaction,
        String token,
        MenuSetting menu,
        List<MenuEntry> entries,
        boolean imaging,
        String kernelArguments,
        List<String> reasons) {
    public PrebootAnswer {
        entries = List.copyOf(entries);
        reasons = List.copyOf(reasons);
    }

    /** The same with another word on when the menu is shown. */
    public PrebootAnswer with(MenuSetting other) {
        return new PrebootAnswer(transaction, token, other, entries, imaging, kernelArguments, reasons);
    }
}
