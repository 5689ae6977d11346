using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Modular.Contacts.DropFolder;

/// <summary>A place below a tenant's drop folder, read from a URL: decoded, checked, and unable to leave the folder.</summary>
internal sealed record DavPath
{
    private const int MaxDepth = 32;
    private const int MaxNameBytes = 255;

    private DavPath(IReadOnlyList<string> names) => Names = names;

    /// <summary>The names from the folder's root on; none for the root itself.</summary>
    public IReadOnlyList<string> Names { get; }

    public bool IsRoot => Names.Count == 0;

    /// <summary>The import or export folder itself, which stays.</summary>
    public bool IsFixed => Names.Count <= 1;

    public string Name => IsRoot ? "" : Names[^1];

    public DavPath Parent => IsRoot ? this : new([.. Names.SkipLast(1)]);

    /// <summary>The name of a file that lies directly in <c>import/</c>; null for anything else.</summary>
    public string? DroppedName => Names is ["import", var name] ? name : null;

    public string Key => "/" + string.Join('/', Names);

    public DavPath Below(string name) => new([.. Names, name]);

    public bool IsBelow(DavPath other) => Names.Count > other.Names.Count && Names.Take(other.Names.Count).SequenceEqual(other.Names);

    public bool Equals(DavPath? other) => other is not null && Key == other.Key;

    public override string ToString() => Key;

    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    /// <summary>The file or folder on disk.</summary>
    public string On(string root) => Path.Combine([root, .. Names]);

    /// <summary>The URL's path, encoded; folders end with a slash.</summary>
    public string Href(string prefix, bool isFolder) =>
        prefix + string.Concat(Names.Select(n => "/" + Uri.EscapeDataString(n))) + (isFolder ? "/" : "");

    /// <param name="raw">The request target or Destination as it came: still encoded, so that <c>%2f</c> cannot become a slash.</param>
    /// <param name="prefix">What stands before the folder's root, as in <c>/dav/acme</c>.</param>
    /// <returns>Null when it is not below <paramref name="prefix"/>, or a name in it is not allowed.</returns>
    public static DavPath? Parse(string raw, string prefix)
    {
        if (raw.Contains('#', StringComparison.Ordinal)) return null;
        var path = raw.Split('?', 2)[0];
        if (!path.StartsWith(prefix, StringComparison.Ordinal) || path.Length > prefix.Length && path[prefix.Length] != '/') return null;
        var names = new List<string>();
        foreach (var part in path[prefix.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Decode(part) is not { } name || names.Count == MaxDepth) return null;
            names.Add(name);
        }
        return new DavPath(names);
    }

    private static string? Decode(string part)
    {
        if (Unescape(part) is not { } name || name is "." or ".." || name.Any(c => char.IsControl(c) || c is '/' or '\\' or ':')) return null;
        name = name.Normalize(NormalizationForm.FormC);
        return Encoding.UTF8.GetByteCount(name) <= MaxNameBytes && name.Trim().Length > 0 ? name : null;
    }

    /// <summary>Strictly: what is no UTF-8 behind its escapes has no name here.</summary>
    private static string? Unescape(string part)
    {
        var raw = Encoding.UTF8.GetBytes(part);
        var length = 0;
        for (var i = 0; i < raw.Length; i++, length++)
        {
            raw[length] = raw[i];
            if (raw[i] != '%') continue;
            if (i + 2 >= raw.Length || !byte.TryParse(raw.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out raw[length])) return null;
            i += 2;
        }
        return Utf8.IsValid(raw.AsSpan(0, length)) ? Encoding.UTF8.GetString(raw, 0, length) : null;
    }
}
