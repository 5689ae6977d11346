namespace Modular.Contacts.Importing;

internal sealed record NotCsv(string Why) : Fault(Why);

internal sealed record SettingsRefused(string Why) : Fault($"The import's settings cannot be used. {Why}");

internal sealed record NoEmailColumn(IReadOnlyList<string> Headers)
    : Fault($"No column holds addresses. The columns are {FaultText.Words(Headers)}: name one of them 'email', or map it in the import's settings.");

internal sealed record ColumnUnknown(string Column, IReadOnlyList<string> Headers)
    : Fault($"The settings map the column '{Column}', which is not in the file. Its columns are {FaultText.Words(Headers)}.");

internal sealed record OwnListNeeded(IReadOnlyList<string> Lists)
    : Fault($"Your role reaches chosen lists only, so the imported contacts have to join one of them. {(Lists.Count == 0 ? "It reaches none that exists." : $"Name one: {FaultText.Words(Lists)}.")}")
{
    public override string Field => "list";
}

internal sealed record FieldsNotYours() : Fault("Fields are the whole tenant's, and your role reaches chosen lists only: import without making new fields.")
{
    public override int Status => 403;

    public override string Field => "createFields";
}

internal sealed record ListOutside(string Name) : Fault($"There is no list '{Name}' among those that this import may fill: it was renamed or deleted meanwhile. Import the file again.");

internal sealed record FileMissing(string Name) : Fault($"There is no file '{Name}' in the drop folder's import/.")
{
    public override int Status => 404;
}

internal sealed record FileUnreadable(string Name)
    : Fault($"'{Name}' is damaged on the disk, or was copied there past the suite: put it into the drop folder again, by WebDAV, REST or in the console.");

internal sealed record FileNameRefused(string Name) : Fault($"'{Name}' cannot be a file's name here: 1 to 200 characters, no slash, no control character, no dot first.")
{
    public override string Field => "file";
}

internal sealed record ImportIsOver(string State) : Fault($"The import is {State} already.")
{
    public override int Status => 409;
}

internal static class FaultText
{
    public static string Words(IReadOnlyList<string> words) =>
        string.Join(", ", words.Take(12).Select(w => $"'{(w.Length > 40 ? w[..40] + "…" : w)}'")) + (words.Count > 12 ? ", …" : "");
}

/// <summary>What broke is ours, and trying again has not helped.</summary>
internal sealed record BrokenOff(long ImportId, long Record) : Fault(
    $"The import broke off {ImportJobs.MostAttempts} times behind row {Record}. The fault is the suite's, not the file's: the server's log tells it under import {ImportId}. The rows before it are taken; import the file again when it is mended.");

/// <summary>Someone else runs this import now, or it was cancelled: not for any person.</summary>
internal sealed record ImportLost() : Fault("The import is not ours any more.");

/// <param name="IsTransient">Worth trying again soon.</param>
internal sealed record SourceFailed(string Why, bool IsTransient) : Fault(Why);

internal sealed record FileReplaced(string Name) : Fault($"'{Name}' was replaced by another file while its import waited: that file has an import of its own.");

internal sealed record FileTooLarge(long MaxBytes) : Fault($"The file is longer than {MaxBytes >> 20} MiB, or the tenant's storage is used up: delete what is not needed from the drop folder, or ask whoever runs this installation for more.")
{
    public override int Status => 413;
}

internal sealed record ImportedAlready(string Name) : Fault($"This very file '{Name}' has an import already.")
{
    public override int Status => 409;
}

internal sealed record UploadRefused(string Why) : Fault(Why);
