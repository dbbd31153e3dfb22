package firstlight.image.windows;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The computer's name in the SYSTEM hive of a Windows that is set up. All control sets get it: any of them may start. */
public final class WindowsName {
    private static final String SET = "(?i)ControlSet[0-9]{3}\\\\";
    private static final Pattern COMPUTER = Pattern.compile(SET + "Control\\\\ComputerName\\\\ComputerName");
    private static final Pattern NETWORK = Pattern.compile(SET + "Services\\\\Tcpip\\\\Parameters");
    private static final Pattern TIME = Pattern.compile(SET + "Services\\\\W32Time\\\\Parameters");
    private static final Pattern SETUP = Pattern.compile("(?i)Setup");
    private static final Pattern SELECTED = Pattern.compile("(?i)Select\\\\Current");
    private static final Pattern LOGON = Pattern.compile(SET + "Services\\\\Netlogon\\\\Start");

    /** How Windows has the service that signs on to a domain, until it joins one. */
    private static final int BY_HAND = 3;

    /** Of NetBIOS and of Setup. A text of one letter would lie in its value's own cell. */
    private static final Pattern NAME = Pattern.compile("(?![0-9]+$)[A-Za-z0-9][A-Za-z0-9-]{0,13}[A-Za-z0-9]");

    private final byte[] hive;
    private final List<Hive.Value> values;

    private WindowsName(byte[] hive, List<Hive.Value> values) {
        this.hive = hive;
        this.values = values;
    }

    /** @throws Hive.Malformed when the hive cannot be trusted */
    public static WindowsName in(byte[] hive) {
        List<Hive.Value> ofName = Hive.values(hive).stream()
                .filter(value -> is(value, COMPUTER, "ComputerName")
                        || isHost(value)
                        || is(value, NETWORK, "NV Domain")
                        || is(value, TIME, "Type")
                        || is(value, SETUP, "UnattendFile"))
                .filter(value -> HiveText.of(hive, value).isPresent())
                .toList();
        return new WindowsName(hive, ofName);
    }

    /** Whether a Windows can be called so: letters, digits and hyphens, 2 to 15 and not digits alone. */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * The domain whose member it seems to be, because it takes its time from one, or by its suffix (its name there is that of its account), in
     * words. Who is in none may have a suffix as well, and then signs on to none; of one that was left an older control set may speak. What
     * says it for sure lies in another hive.
     */
    public Optional<String> domain() {
        String current = current();
        Optional<String> suffix = text(NETWORK, "NV Domain", current);
        boolean time =
                text(TIME, "Type", current).filter("NT5DS"::equalsIgnoreCase).isPresent();
        List<Integer> logon = numbers(LOGON, key -> isIn(key, current));
        boolean none = !logon.isEmpty() && logon.stream().allMatch(start -> start == BY_HAND);
        return time ? suffix.or(() -> Optional.of("a domain")) : suffix.filter(_ -> !none);
    }

    /** The control set that started last, such as {@code ControlSet001}; "" where nothing says. */
    private String current() {
        return numbers(SELECTED, _ -> true).stream()
                .map("ControlSet%03d"::formatted)
                .findFirst()
                .orElse("");
    }

    private List<Integer> numbers(Pattern wanted, Predicate<String> of) {
        return Hive.numbers(hive, wanted).entrySet().stream()
                .filter(each -> of.test(each.getKey()))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static boolean isIn(String key, String set) {
        return key.regionMatches(true, 0, set, 0, set.length());
    }

    /** Where Setup was told to look for its answer file. */
    public Optional<String> answerFile() {
        return text(SETUP, "UnattendFile", "");
    }

    /**
     * The hive with the name in it: the same octets where it has it already. Empty where it has no computer's name.
     *
     * @throws Hive.Malformed when it would not be read as it was written
     */
    public Optional<byte[]> give(String name) {
        List<HiveText> texts = new ArrayList<>();
        for (Hive.Value value : values) {
            // The first as Windows has it there.
            String now = isHost(value) ? name : name.toUpperCase(Locale.ROOT);
            boolean named = isHost(value) || is(value, COMPUTER, "ComputerName");
            if (named && !now.equalsIgnoreCase(HiveText.of(hive, value).orElse(""))) {
                texts.add(new HiveText(value, now));
            }
        }
        if (text(COMPUTER, "ComputerName", "").isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(texts.isEmpty() ? hive.clone() : checked(HiveText.with(hive, texts), texts));
    }

    /** What goes to the disk is read again as the hive's next reader will. */
    private static byte[] checked(byte[] hive, List<HiveText> texts) {
        Map<Integer, String> expected = new HashMap<>();
        texts.forEach(each -> expected.put(each.value().entry(), each.text()));
        for (Hive.Value value : Hive.values(hive)) {
            String text = expected.get(value.entry());
            if (text != null && HiveText.of(hive, value).equals(Optional.of(text))) {
                expected.remove(value.entry());
            }
        }
        if (!expected.isEmpty()) {
            throw new Hive.Malformed("the hive would not be read as it was written");
        }
        return hive;
    }

    /** The first that says anything, of keys that begin with {@code set}. */
    private Optional<String> text(Pattern key, String name, String set) {
        return values.stream()
                .filter(value -> is(value, key, name) && isIn(value.key(), set))
                .flatMap(value -> HiveText.of(hive, value).stream())
                .filter(text -> !text.isEmpty())
                .findFirst();
    }

    private static boolean isHost(Hive.Value value) {
        return is(value, NETWORK, "Hostname") || is(value, NETWORK, "NV Hostname");
    }

    private static boolean is(Hive.Value value, Pattern key, String name) {
        return value.name().equalsIgnoreCase(name) && key.matcher(value.key()).matches();
    }
}
