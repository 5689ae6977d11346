using System.Text;
using Modular.Contacts.DropFolder;

namespace Modular.Contacts.Importing;

/// <summary>
/// The file beside an imported one that tells what was left out: line, field, reason, and the line itself. It is made at the end from the stored faults
/// and a second reading of the file, so that a crash in the middle changes nothing in it.
/// </summary>
internal sealed class ErrorFile(ImportFaults stored, DropFolders folders)
{
    private const int MaxRecordChars = 2_000;
    private const int PageRows = 2_000;

    /// <param name="failure">Why the whole file was refused; null when it was read to its end.</param>
    public async Task WriteAsync(TenantId tenant, ImportJob job, Fault? failure, CancellationToken ct)
    {
        var source = Path.Combine(folders.ImportOf(tenant), job.FileName);
        if (!Directory.Exists(Path.GetDirectoryName(source))) return;
        var target = Path.Combine(folders.ImportOf(tenant), ImportJob.ErrorFileOf(job.FileName));
        var faults = await stored.ReadAsync(tenant, job.ImportId, 0, PageRows, ct);
        if (faults.Count == 0 && failure is null)
        {
            File.Delete(target);   // of an earlier file of this name
            return;
        }
        var beside = target + ".part";
        await using (var file = folders.Create(tenant, beside))
        {
            await using (var writer = new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), leaveOpen: true) { NewLine = "\r\n" })
            {
                await writer.WriteLineAsync("line,field,reason,record");
                if (faults.Count > 0) await WriteRowsAsync(writer, tenant, job, source, faults, ct);
                if (failure is not null) await writer.WriteLineAsync($",,{Cell(failure.Detail)},");
            }
            file.Complete();
        }
        File.Move(beside, target, overwrite: true);
    }

    private async Task WriteRowsAsync(StreamWriter writer, TenantId tenant, ImportJob job, string path, IReadOnlyList<StoredFault> faults, CancellationToken ct)
    {
        var settings = ImportSettings.FromJson(job.Settings);
        var opened = settings.IsOk && File.Exists(path) ? await CsvRowSource.OpenAsync(() => folders.OpenRead(tenant, path), settings.Value, ct) : new FileMissing(job.FileName);
        await using var source = opened.IsOk ? opened.Value : null;
        long record = 0;
        while (faults.Count > 0)
        {
            foreach (var fault in faults)
            {
                var isThere = source is not null;
                while (isThere && record < fault.Record && (isThere = await source!.ReadAsync(ct))) record++;   // isThere says that there is a source
                await writer.WriteLineAsync($"{fault.Line},{fault.Field},{Cell(fault.Reason)},{(isThere ? Cell(source!.Record.RawText(MaxRecordChars)) : "")}");
            }
            faults = await stored.ReadAsync(tenant, job.ImportId, faults[^1].Record, PageRows, ct);
        }
    }

    /// <summary>Quoted; and what a spreadsheet would take for a formula begins with an apostrophe instead.</summary>
    private static string Cell(string text)
    {
        var safe = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20' ? "'" + text : text;
        return "\"" + safe.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
    }
}
