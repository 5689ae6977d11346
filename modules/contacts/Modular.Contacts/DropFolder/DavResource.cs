using System.Globalization;

namespace Modular.Contacts.DropFolder;

/// <summary>What stands at a path on disk right now.</summary>
/// <param name="Bytes">Of what a client put there or gets: on the disk it is sealed, and takes up a little more.</param>
internal readonly record struct DavResource(string File, bool IsFolder, bool Exists, long Bytes, DateTime ModifiedAt, DateTime CreatedAt)
{
    public static DavResource At(string file)
    {
        var folder = new DirectoryInfo(file);
        if (folder.Exists) return new DavResource(file, true, true, 0, folder.LastWriteTimeUtc, folder.CreationTimeUtc);
        var info = new FileInfo(file);
        return info.Exists
            ? new DavResource(file, false, true, FileSeal.LengthOf(info.Length), info.LastWriteTimeUtc, info.CreationTimeUtc)
            : new DavResource(file, false, false, 0, default, default);
    }

    /// <summary>Changes whenever the content may have changed; with its quotes.</summary>
    public string ETag => string.Create(CultureInfo.InvariantCulture, $"\"{ModifiedAt.Ticks:x}-{Bytes:x}\"");
}
