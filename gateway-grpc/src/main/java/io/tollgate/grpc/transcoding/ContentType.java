package io.tollgate.grpc.transcoding;

import java.util.List;

/** Reads and checks {@code Content-Type} (RFC 9110, section 8.3). */
final class ContentType {
    private ContentType() {}

    /** Returns whether a request says, once, that its body is JSON: {@code application/json} or any {@code +json}, in UTF-8. */
    static boolean isJson(List<String> lines) {
        if (lines.size() != 1) {
            return false;
        }
        String[] parts = lines.get(0).split(";", -1);
        String essence = parts[0].strip();
        if (!essence.equalsIgnoreCase("application/json") && !isSuffixed(essence)) {
            return false;
        }
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            if (parameter.regionMatches(true, 0, "charset=", 0, 8)) {
                String charset = parameter.substring(8).strip().replace("\"", "");
                if (!charset.equalsIgnoreCase("utf-8") && !charset.equalsIgnoreCase("utf8")) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Returns whether a type has the suffix {@code +json} (RFC 6839). */
    private static boolean isSuffixed(String essence) {
        int slash = essence.indexOf('/');
        int suffix = essence.length() - "+json".length();
        return slash > 0 && suffix > slash + 1 && essence.regionMatches(true, suffix, "+json", 0, 5);
    }

    /**
     * Returns the content type that a service gave, if it is one that a header can have; else that of bytes of any kind.
     */
    static String ofService(String type) {
        int slash = type.indexOf('/');
        boolean usable = slash > 0 && slash < type.length() - 1 && type.length() <= 256;
        for (int i = 0; usable && i < type.length(); i++) {
            char c = type.charAt(i);
            usable = c >= ' ' && c <= '~';
        }
        return usable ? type : "application/octet-stream";
    }
}
