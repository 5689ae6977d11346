# Checks the *.eml of a folder with OpenDKIM's library and with dkimpy; "keys" in it holds a line "name record" for each key. Prints a line for each file.
import ctypes, ctypes.util, glob, os, sys

try:
    import dkim, nacl.signing
except ImportError as fault:
    sys.exit("missing: %s (python3-dkim, python3-nacl)" % fault)
found = ctypes.util.find_library("opendkim")
if not found:
    sys.exit("missing: libopendkim (opendkim-tools)")

folder = sys.argv[1]
keys = dict(line.rstrip("\n").split("\t", 1) for line in open(folder + "/keys"))
c = ctypes.CDLL(found)
p = ctypes.c_void_p
c.dkim_init.restype = c.dkim_verify.restype = p
c.dkim_init.argtypes = [p, p]
c.dkim_options.argtypes = [p, ctypes.c_int, ctypes.c_int, p, ctypes.c_size_t]
c.dkim_verify.argtypes = [p, ctypes.c_char_p, p, p]
c.dkim_chunk.argtypes = [p, ctypes.c_char_p, ctypes.c_size_t]
c.dkim_eom.argtypes = [p, p]
c.dkim_free.argtypes = [p]
library = c.dkim_init(None, None)
method, path = ctypes.c_int(1), ctypes.c_char_p((folder + "/keys").encode())    # DKIM_QUERY_FILE
c.dkim_options(library, 1, 6, ctypes.byref(method), ctypes.sizeof(method))
c.dkim_options(library, 1, 7, ctypes.cast(path, p), len(path.value) + 1)


def opendkim(message):
    status = ctypes.c_int()
    handle = c.dkim_verify(library, b"test", None, ctypes.byref(status))
    c.dkim_chunk(handle, message, len(message))
    c.dkim_chunk(handle, None, 0)
    result = c.dkim_eom(handle, None)
    c.dkim_free(handle)
    return "pass" if result == 0 else "status-%d" % result


def dkimpy(message, index):
    try:
        verifier = dkim.DKIM(message, minkey=1024)
        return "pass" if verifier.verify(index, dnsfunc=lambda name, timeout=5: keys[name.decode().rstrip(".")].encode()) else "fail"
    except dkim.DKIMException as fault:
        return repr(fault)


for file in sorted(glob.glob(folder + "/*.eml")):
    message = open(file, "rb").read()
    count = message.split(b"\r\n\r\n", 1)[0].count(b"DKIM-Signature:")
    print(os.path.basename(file), "opendkim=" + opendkim(message), "dkimpy=" + ",".join(dkimpy(message, i) for i in range(count)))
