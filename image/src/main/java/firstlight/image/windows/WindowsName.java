package firstlight.image.windows;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The computer's name in the SYSTEM hive of a Windows that is set up. All control sets get it: any of them may start. */
public final class WindowsName {
    private static final String SET = "(?i)ControlSet[0-9]{3}\\\\";
    private static final Pattern COMPUTER = Pattern.compile(SET + "Control\\\\ComputerName\\\\ComputerName");
    private static final Pattern NETWORK = Pattern.compile(SET + "Services\\\\Tcpip\\\\Parameters");

    /** NetBIOS' limit, which Setup holds to as well. */
    private static final Pattern NAME = Pattern.compile("(?![0-9]+$)[A-Za-z0-9]([A-Za-z0-9-]{0,13}[A-Za-z0-9])?");

    private WindowsName() {}

    /** Whether a Windows can be called so: letters, digits and hyphens, 15 at most and not digits alone. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** The domain whose member it is. Its name there is that of its account. */
    public static Optional<String> domain(byte[] hive) {
        return texts(hive, NETWORK, "NV Domain").filter(domain -> !domain.isEmpty());
    }

    /** Where Setup was told to look for its answer file. */
    public static Optional<String> answerFile(byte[] hive) {
        return texts(hive, Pattern.compile("(?i)Setup"), "UnattendFile").filter(path -> !path.isEmpty());
    }

    private static Optional<String> texts(byte[] hive, Pattern key, String name) {
        return Hive.values(hive).stream()
                .filter(value -> is(value, key, name))
                .flatMap(value -> HiveText.of(hive, value).stream())
                .findFirst();
    }

    /**
     * The hive with the name in it: the same octets where it has it already.
     *
     * @return empty where it has no computer's name
     * @throws Hive.Malformed when the hive cannot be trusted
     */
    public static Optional<byte[]> give(byte[] hive, String name) {
        List<HiveText> texts = new ArrayList<>();
        List<Hive.Value> values = Hive.values(hive);
        boolean computer = false;
        for (Hive.Value value : values) {
            Optional<String> had = HiveText.of(hive, value);
            boolean isComputer = had.isPresent() && is(value, COMPUTER, "ComputerName");
            computer |= isComputer;
            if (isComputer && !name.equalsIgnoreCase(had.get())) {
                texts.add(new HiveText(value, name.toUpperCase(Locale.ROOT))); // as Windows has it there
            }
            boolean host = is(value, NETWORK, "Hostname") || is(value, NETWORK, "NV Hostname");
            if (had.isPresent() && host && !name.equalsIgnoreCase(had.get())) {
                texts.add(new HiveText(value, name));
            }
        }
        if (!computer) {
            return Optional.empty();
        }
        byte[] named = HiveText.with(hive, texts);
        check(named, texts);
        return Optional.of(named);
    }

    /** What goes to the disk is read again as the hive's next reader will. */
    private static void check(byte[] hive, List<HiveText> texts) {
        Map<Integer, String> expected = new HashMap<>();
        texts.forEach(each -> expected.put(each.value().entry(), each.text()));
        for (Hive.Value value : Hive.values(hive)) {
            String text = expected.remove(value.entry());
            if (text != null && !HiveText.of(hive, value).equals(Optional.of(text))) {
                throw new Hive.Malformed("the hive would not be read as it was written");
            }
        }
        // A text of one letter lies in the value's own cell, where it is not looked for.
        if (expected.values().stream().anyMatch(text -> text.length() > 1)) {
            throw new Hive.Malformed("the hive would not be read as it was written");
        }
    }

    private static boolean is(Hive.Value value, Pattern key, String name) {
        return value.name().equalsIgnoreCase(name) && key.matcher(value.key()).matches();
    }
}
