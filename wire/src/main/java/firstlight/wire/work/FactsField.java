package firstlight.wire.work;

import firstlight.model.FactName;
import firstlight.model.Facts;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** {@code "facts":{"mac":["52:54:00:12:34:56"]}}. Anybody on the LAN can say some, and they are kept, and in memory, for good. */
final class FactsField {
    private static final String NAME = "facts";

    /** No string of SMBIOS or a disk that means something is longer; the rest is cut. */
    private static final int LONGEST = 256;

    /** A PC of a hundred disks, with their health, has as many. */
    private static final int MOST_VALUES = 256;

    private static final int MOST_CHARACTERS = 32_768;

    private FactsField() {}

    static Document put(Document document, Facts facts) {
        document.open(NAME);
        for (Map.Entry<String, List<String>> fact : facts.byKey().entrySet()) {
            document.put(fact.getKey(), fact.getValue());
        }
        return document.close();
    }

    /** What is beyond all measure is left out. */
    static Facts read(Fields fields) throws MalformedMessage {
        EnumMap<FactName, List<String>> kept = new EnumMap<>(FactName.class);
        int values = 0;
        int characters = 0;
        for (Map.Entry<FactName, List<String>> said :
                Facts.ofKeys(fields.textsByKey(NAME)).values().entrySet()) {
            List<String> some = new ArrayList<>();
            for (String text : said.getValue()) {
                String value = text.length() <= LONGEST ? text : text.substring(0, LONGEST);
                if (values < MOST_VALUES && characters + value.length() <= MOST_CHARACTERS) {
                    some.add(value);
                    values++;
                    characters += value.length();
                }
            }
            kept.put(said.getKey(), some);
        }
        return new Facts(kept);
    }
}
