#:property PublishAot=false
// Unpacks files of npm packages without Node: dotnet run --file npm-fetch.cs -- LIST TARGET-FOLDER
// The version and the sha512 of each package are those of package-lock.json beside this file. The registry is the one that
// the machine's npm is configured for, so that no host name stands in the repository.

using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

if (args is not [var list, var target])
    return Fail("usage: npm-fetch.cs LIST TARGET-FOLDER");

try
{
    var locked = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Here(), "package-lock.json"))).RootElement.GetProperty("packages");
    using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(5), MaxResponseContentBufferSize = 200 << 20 };
    string? registry = null;
    foreach (var package in Wanted(list).GroupBy(w => w.Package))
    {
        var entry = locked.GetProperty("node_modules/" + package.Key);
        var version = entry.GetProperty("version").GetString()!;
        var sha512 = Convert.FromBase64String(entry.GetProperty("integrity").GetString()!["sha512-".Length..]);

        var cached = Path.Combine(CacheFolder(), Convert.ToHexStringLower(sha512)[..32] + ".tgz");
        if (!File.Exists(cached) || !Matches(await File.ReadAllBytesAsync(cached), sha512))
        {
            registry ??= await RegistryAsync();
            var url = $"{registry}/{package.Key}/-/{package.Key.Split('/')[^1]}-{version}.tgz";
            var bytes = await http.GetByteArrayAsync(url);
            if (!Matches(bytes, sha512))
                return Fail($"{url} is not what package-lock.json names: its sha512 differs");
            var partial = $"{cached}.{Environment.ProcessId}";
            await File.WriteAllBytesAsync(partial, bytes);
            File.Move(partial, cached, overwrite: true);
        }

        await UnpackAsync(cached, [.. package], Path.TrimEndingDirectorySeparator(Path.GetFullPath(target)));
    }

    return 0;
}
catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException or KeyNotFoundException or InvalidOperationException)
{
    return Fail(e.Message);
}

static IEnumerable<Wish> Wanted(string list)
{
    var arch = RuntimeInformation.OSArchitecture is Architecture.Arm64 ? "arm64" : "x64";
    return File.ReadLines(list)
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Replace("{arch}", arch).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(words => new Wish(words[0], words[1], words[2]));
}

static async Task UnpackAsync(string tgz, Wish[] wishes, string folder)
{
    var missing = wishes.Where(w => !w.Whole).ToDictionary(w => "package/" + w.Source, w => w.Target);
    var whole = Array.Exists(wishes, w => w.Whole);
    await using var file = File.OpenRead(tgz);
    await using var unzipped = new GZipStream(file, CompressionMode.Decompress);
    await using var tar = new TarReader(unzipped);
    while (await tar.GetNextEntryAsync() is { } entry)
    {
        if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile))
            continue;
        var name = missing.Remove(entry.Name, out var renamed) ? renamed : whole ? entry.Name["package/".Length..] : null;
        if (name is null)
            continue;
        var path = Path.GetFullPath(Path.Combine(folder, name));
        if (!path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            throw new InvalidOperationException($"{entry.Name} would leave {folder}");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await entry.ExtractToFileAsync(path, overwrite: true);
    }

    if (missing.Count > 0)
        throw new InvalidOperationException($"{wishes[0].Package} has no {string.Join(", ", missing.Keys)}");
    if (whole)
        Link(folder);
}

// A package cannot hold symbolic links; PostgreSQL's lists its own in a file, and its libraries do not load without them.
static void Link(string folder)
{
    var list = Path.Combine(folder, "native", "pg-symlinks.json");
    if (!File.Exists(list))
        return;
    foreach (var link in JsonDocument.Parse(File.ReadAllBytes(list)).RootElement.EnumerateArray())
    {
        var path = Path.Combine(folder, link.GetProperty("target").GetString()!);
        var source = Path.Combine(folder, link.GetProperty("source").GetString()!);
        File.Delete(path);
        File.CreateSymbolicLink(path, Path.GetRelativePath(Path.GetDirectoryName(path)!, source));
    }
}

static async Task<string> RegistryAsync()
{
    if (Environment.GetEnvironmentVariable("NPM_CONFIG_REGISTRY") is { Length: > 0 } configured)
        return configured.TrimEnd('/');
    try
    {
        using var npm = Process.Start(new ProcessStartInfo("npm", ["config", "get", "registry"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = npm.StandardError.ReadToEndAsync();
        var answer = (await npm.StandardOutput.ReadToEndAsync()).Trim();
        await errors;
        await npm.WaitForExitAsync();
        if (npm.ExitCode == 0 && answer.StartsWith("http", StringComparison.Ordinal))
            return answer.TrimEnd('/');
    }
    catch (System.ComponentModel.Win32Exception)
    {
        // no npm on this machine: the message below says what to do
    }

    throw new InvalidOperationException("which npm registry? Set NPM_CONFIG_REGISTRY to its address, or install npm (apt-get install npm)");
}

static string CacheFolder() => Directory.CreateDirectory(Path.Combine(
    Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".cache", "modular-npm")).FullName;

static bool Matches(byte[] bytes, byte[] sha512) => SHA512.HashData(bytes).AsSpan().SequenceEqual(sha512);

static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

static int Fail(string message)
{
    Console.Error.WriteLine($"npm-fetch : error : {message}");
    return 1;
}

internal sealed record Wish(string Package, string Source, string Target)
{
    public bool Whole => Source == "*";
}
