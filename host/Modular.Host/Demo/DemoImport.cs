using System.Text.Json.Nodes;

namespace Modular.Host.Demo;

/// <summary>Drops the file by WebDAV and follows the import to its end.</summary>
internal sealed class DemoImport(DemoApi api, DemoSteps steps)
{
    public async Task PlayAsync(DemoPeople people, DemoReport report, CancellationToken ct)
    {
        var file = DemoFile.Of(people);
        if (await FindAsync(file.Name, ct) is null) await api.PutFileAsync("import/" + file.Name, file.Bytes, ct);

        var done = await steps.FollowAsync(
            "Import",
            async () => await FindAsync(file.Name, ct) ?? new JsonObject { ["progress"] = 0.0, ["state"] = "waiting" },
            job => (double?)job["progress"] ?? 0,
            job => $"{(long?)job["rows"] ?? 0:N0} rows, {(long?)job["rowsPerSecond"] ?? 0:N0} a second",
            job => job["finishedAt"] is not null,
            ct);

        report.Section($"The file, {file.Name}");
        report.Equal("rows", DemoPeople.Rows, (long)done["rows"]!);
        report.Equal("contacts added", DemoPeople.People, (long)done["added"]! + (long)done["updated"]! + (long)done["unchanged"]!);
        report.Equal("addresses that came before", DemoPeople.Duplicates, (long)done["duplicates"]!);
        report.Equal("wrong rows", DemoPeople.BadRows, (long)done["faulty"]!);
        var told = await api.FindFileAsync("import/" + (string)done["errorFile"]!, ct) ?? "";
        var lines = told.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(row => row.Split(',')).Where(cells => cells.Length > 2 && long.TryParse(cells[0], out _)).ToList();
        report.Equal("lines told in the error file", DemoPeople.BadRows, lines.Select(cells => cells[0]).Distinct().Count());
        report.Equal("of them the right ones", DemoPeople.BadRows, lines.Select(cells => long.Parse(cells[0], System.Globalization.CultureInfo.InvariantCulture)).Distinct().Intersect(file.BadLines).Count());
        report.Equal("of them with field and reason", lines.Count, lines.Count(cells => cells[1].Length > 0 && cells[2].Length > 0));
    }

    private async Task<JsonNode?> FindAsync(string name, CancellationToken ct)
    {
        await foreach (var job in api.PagesAsync("imports", ct))
        {
            if (Path.GetFileName((string?)job["file"] ?? "") == name) return job;
        }
        return null;
    }
}
