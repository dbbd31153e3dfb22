package firstlight.policy;

import java.util.Locale;
import java.util.Set;

/**
 * What vendors leave in SMBIOS when they forget to fill it in. Thousands of PCs share these, so they say nothing. One too many here takes
 * a PC one of its marks; one that is missing makes PCs of a series look like one device.
 */
final class Placeholders {
    /**
     * AMI's default boards, a reference BIOS of 2008-2015, a Dell whose service tag was never written, text-book values, and others
     * that FreeBSD (rc.d/hostid) and GLPI have met on many PCs; digits as SMBIOS 2.6 prints them.
     */
    private static final Set<String> UUIDS = Set.of(
            "03000200040005000006000700080009",
            "12345678123456781234567812345678",
            "123456781234567890abcddeefaabbcc",
            "000102030405060708090a0b0c0d0e0f",
            "07090201010303010807060504030201",
            "11111111222233334444555555555555",
            "4c4c454400002010802080c04f202020",
            "6ab5b300538d10149fb5b0684d007b53",
            "890e2d14cacd45d1ae66bc80e8bfeb0f",
            "8e275844178f44a8aceba7d7e5178c63",
            "dc698397fa544cf282c8b1b5307a6a7f");

    // In small letters, compared whole: a serial number that merely contains one of them is a serial number.
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
            "sys-1234567890",
            "sys-9876543210",
            "sn-12345",
            "sn-1234567890",
            "sn-123456fvgv3i0b8o5n6n7k",
            "serial number xxxxxx",
            "system serial numb",
            "systemserialnumb",
            "oem_serial",
            "(null string)",
            "to be filled by o.e.m. by more string",
            "tulip computers",
            "iatpass",
            "eval",
            "unknow",
            "1234567",
            "12345678",
            "123456789000",
            "12345678901234567",
            "01234567",
            "0123456789",
            "01234567890",
            "012345678901234567890",
            "0123456789abcdef",
            "123456789",
            "1234567890");

    private Placeholders() {}

    /** Of a serial number, board serial, disk serial or asset tag; in any case, with spaces around. */
    static boolean isText(String text) {
        String plain = text.strip().toLowerCase(Locale.ROOT);
        return isOneCharacter(plain) || TEXTS.contains(plain);
    }

    /** {@code digits}: 32 lower-case hexadecimal digits. */
    static boolean isUuid(String digits) {
        return isOneOctet(digits) || UUIDS.contains(digits);
    }

    /** Over and over, as in {@code fefefefe...}. */
    private static boolean isOneOctet(String digits) {
        return digits.startsWith(digits.substring(2)); // each pair is the one before it
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
