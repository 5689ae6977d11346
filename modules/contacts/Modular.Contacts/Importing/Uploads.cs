using System.Security.Cryptography;
using Modular.Contacts.DropFolder;
using Modular.Contacts.Lists;

namespace Modular.Contacts.Importing;

/// <summary>Files that come by REST, console or command line: kept below <c>import/uploads/</c>, then imported like a dropped file.</summary>
internal sealed class Uploads(DropFolders folders, DropFolderRoom rooms, DropFolderSettings settings, ImportJobs jobs, ListBook lists, ImportSignal signal)
{
    private const int MaxNameChars = 200;

    /// <returns>The name below <c>import/</c> that the file is stored under.</returns>
    public async Task<Result<string>> StoreAsync(TenantId tenant, string? name, Stream content, CancellationToken ct)
    {
        if (!IsName(name)) return new FileNameRefused(name ?? "");
        var stored = Path.Combine("uploads", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)), name);
        var path = Path.Combine(folders.ImportOf(tenant), stored);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);   // it has one, by the line above
        var room = Math.Min(settings.MaxFileBytes, await rooms.LeftAsync(tenant, ct));
        return await folders.StoreAsync(tenant, content, path, room, ct) ? stored : new FileTooLarge(settings.MaxFileBytes);
    }

    /// <summary>To be asked before a file is taken in.</summary>
    /// <returns>Null when whoever has this reach may import so.</returns>
    public async Task<Fault?> CheckAsync(Reach reach, ImportSettings asked, CancellationToken ct)
    {
        if (reach.IsWhole) return null;
        if (asked.CreateFields) return new FieldsNotYours();
        var names = (await lists.AllAsync(reach, ct)).Select(list => list.Name).ToList();
        return names.Contains(asked.List?.Trim() ?? "", StringComparer.OrdinalIgnoreCase) ? null : new OwnListNeeded(names);
    }

    public async Task<Result<long>> ImportAsync(Reach reach, string fileName, ImportSettings asked, string actor, CancellationToken ct)
    {
        if (await CheckAsync(reach, asked, ct) is { } refused) return refused;
        var path = Path.Combine(folders.ImportOf(reach.Tenant), fileName);
        if (!File.Exists(path)) return new FileMissing(fileName);
        if (await jobs.AddFileAsync(reach, fileName, FileTag.Of(path), asked, actor, ct) is not { } importId) return new ImportedAlready(fileName);
        signal.Wake();
        return importId;
    }

    /// <summary>Whether it can be the name of a file in a folder, and of nothing else.</summary>
    public static bool IsName([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] string? name) =>
        name is { Length: > 0 and <= MaxNameChars } && name[0] != '.' && !name.Any(c => char.IsControl(c) || c is '/' or '\\' or ':');
}
