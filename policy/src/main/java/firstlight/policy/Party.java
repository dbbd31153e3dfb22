package firstlight.policy;

import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import java.util.List;

/**
 * Whose boot this is: one device, or one of several, or nobody's.
 *
 * @param policy the one device's, else that of a stranger
 * @param unheard whether it shows too little to be anybody: a preboot client would show more
 */
record Party(
        List<Candidate> candidates,
        MenuSetting menu,
        List<MenuEntry> entries,
        EffectivePolicy policy,
        boolean unheard,
        List<String> reasons) {
    Party {
        candidates = List.copyOf(candidates);
        entries = List.copyOf(entries);
        reasons = List.copyOf(reasons);
    }

    /** The same, of no device: no work is looked for. */
    Party withoutCandidates() {
        return new Party(List.of(), menu, entries, policy, unheard, reasons);
    }
}
