package firstlight.image.anew;

import firstlight.image.disk.FileNode;
import firstlight.image.disk.Folder;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * What the files of a mounted file system take. Extents that several
 * files share (reflinks) count for each of them: the copy shares nothing.
 *
 * @param allocated octets of content, folders and attributes
 */
record FileCount(long nodes, long allocated) {
    static FileCount of(Folder root) throws IOException {
        return below(root, new HashSet<>());
    }

    private static FileCount below(Folder folder, Set<Long> seen) throws IOException {
        long nodes = 0;
        long allocated = 0;
        for (byte[] name : folder.names()) {
            FileNode node = folder.node(name);
            boolean another = node.links() > 1 && !node.isFolder() && !seen.add(node.inode());
            nodes += another ? 0 : 1;
            allocated += another ? 0 : node.allocated();
            if (node.isFolder()) {
                try (Folder inner = folder.folder(name)) {
                    FileCount within = below(inner, seen);
                    nodes += within.nodes();
                    allocated += within.allocated();
                }
            }
        }
        return new FileCount(nodes, allocated);
    }
}
