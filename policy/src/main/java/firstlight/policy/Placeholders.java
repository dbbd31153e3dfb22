package firstlight.policy;

import java.util.Locale;
import java.util.Set;

/** What vendors leave in SMBIOS when they forget to fill it in. Thousands of PCs share these, so they say nothing. */
final class Placeholders {
    /** AMI's default boards, a reference BIOS of 2008-2015, and the text-book value; digits as SMBIOS 2.6 prints them. */
    private static final Set<String> UUIDS = Set.of(
            "03000200040005000006000700080009",
            "12345678123456781234567812345678",
            "1234567812345678 90abcddeefaabbcc".replace(" ", ""),
            "fefefefefefefefefefefefefefefefe");

    private static final Set<String> TEXTS = Set.of(
            "to be filled by o.e.m.",
            "to be filled by o.e.m",
            "default string",
            "default",
            "system serial number",
            "system product name",
            "base board serial number",
            "board serial number",
            "chassis serial number",
            "chassis asset tag",
            "asset tag",
            "asset-1234567890",
            "asset tracking",
            "no asset tag",
            "no asset information",
            "not specified",
            "not applicable",
            "not available",
            "not defined",
            "none",
            "null",
            "n/a",
            "na",
            "oem",
            "o.e.m.",
            "unknown",
            "unspecified",
            "undefined",
            "invalid",
            "empty",
            "serial",
            "serial number",
            "mb-1234567890",
            "sernum0",
            "empty serial",
            "type2 - board serial number",
            "type2 - board asset tag",
            "ssn12345678901234567",
            "01234567",
            "0123456789",
            "01234567890",
            "012345678901234567890",
            "0123456789abcdef",
            "123456789",
            "1234567890");

    private Placeholders() {}

    static boolean isText(String text) {
        String plain = text.strip().toLowerCase(Locale.ROOT);
        return isOneCharacter(plain) || TEXTS.contains(plain);
    }

    /** {@code digits}: 32 lower-case hexadecimal digits. */
    static boolean isUuid(String digits) {
        return isOneCharacter(digits) || UUIDS.contains(digits);
    }

    /** Over and over ("00000000", "xxxxxxx", "........"), or nothing at all. */
    private static boolean isOneCharacter(String text) {
        for (int i = 1; i < text.length(); i++) {
            if (text.charAt(i) != text.charAt(0)) {
                return false;
            }
        }
        return true;
    }
}
