package firstlight.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** How this machine's apt reaches the archives, through which proxy, trusting whom: mmdebstrap's apt reads none of its configuration. */
final class AptNetwork {
    /** In apt-config's dump: what belongs to the way, and not to what is loaded, and has a value. */
    private static final Pattern OPTION = Pattern.compile(
            "(?i)Acquire::(https?|ftp)(::[^ ]*)?::(Proxy|ProxyAutoDetect|Proxy-Auto-Detect|CaInfo|CaPath|SslCert|SslKey"
                    + "|Verify-Peer|Verify-Host|Timeout)(::[^ ]*)? \"[^\"]+\";");

    private AptNetwork() {}

    /** For mmdebstrap's command line. */
    static List<String> words() {
        List<String> words = new ArrayList<>();
        List<String> options = options(Shell.run("apt-config", "dump"));
        options.forEach(option -> words.add("--aptopt=" + option));
        if (!options.isEmpty()) { // a proxy's password need not be on the disk
            words.add("--customize-hook=rm -f \"$1/etc/apt/apt.conf.d/99mmdebstrap\"");
        }
        String[] passwords = Path.of("/etc/apt/auth.conf.d").toFile().list();
        if (passwords != null && passwords.length > 0) {
            words.add("--setup-hook=cp -r /etc/apt/auth.conf.d \"$1/etc/apt/\"");
            words.add("--customize-hook=rm -f \"$1\"/etc/apt/auth.conf.d/*");
        }
        return words;
    }

    static List<String> options(String dump) {
        return dump.lines().filter(line -> OPTION.matcher(line).matches()).toList();
    }
}
