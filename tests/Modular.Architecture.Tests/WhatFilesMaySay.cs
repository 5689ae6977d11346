using System.Text.RegularExpressions;

namespace Modular.Architecture.Tests;

/// <summary>Rules that only the text of a file can break.</summary>
internal static partial class WhatFilesMaySay
{
    /// <summary>
    /// Mail that arrives for no tenant, or before it is known for which: the postmaster's, and reports from feedback loops. And the installation's own audit trail,
    /// with the anchors of the tenants' trails, which must be out of their reach; and the key that the installation signs all mail with.
    /// </summary>
    private static readonly string[] SeesTheSystem =
    [
        "modules/compliance/Modular.Compliance/Auditing/AnchorBook.cs",
        "modules/compliance/Modular.Compliance/Auditing/AuditTrail.cs",
        "modules/compliance/Modular.Compliance/Auditing/RefusalWorker.cs",
        "modules/compliance/Modular.Compliance/Auditing/TrailConnections.cs",
        "modules/delivery/Modular.Delivery/Domains/OwnSignature.cs",
        "modules/delivery/Modular.Delivery/Gateway/InboundStore.cs",
        "modules/delivery/Modular.Delivery/Returns/FeedbackInbox.cs",
    ];

    /// <summary>A tenant's migration names no schema (the search path is the tenant's), fires no trigger, and creates no table from inside a block: rules that keep tenants movable.</summary>
    public static IEnumerable<string> TenantMigrationViolations(string path, string sql)
    {
        var statements = SqlComment().Replace(sql, "");
        if (SchemaQualified().Match(statements) is { Success: true } name) yield return $"{path}: {name.Value.Trim()} names a schema";
        if (CreateTrigger().IsMatch(statements)) yield return $"{path}: a trigger";
        if (DoBlock().IsMatch(statements)) yield return $"{path}: a do block";
    }

    /// <summary>Who reaches for <c>SystemDb</c> can see more than one tenant; each such file is named here on purpose.</summary>
    public static IEnumerable<string> SystemDbViolations(string path, string code) =>
        code.Contains("SystemDb", StringComparison.Ordinal)
        && !path.StartsWith("host/", StringComparison.Ordinal)
        && !path.StartsWith("modules/tenancy/", StringComparison.Ordinal)
        && !path.StartsWith("tests/", StringComparison.Ordinal)
        && !SeesTheSystem.Contains(path, StringComparer.Ordinal)
            ? [$"{path} uses SystemDb"]
            : [];

    /// <summary>Under a strict Content-Security-Policy nothing inline works, so nothing inline may be written.</summary>
    public static IEnumerable<string> PageViolations(string path, string markup)
    {
        if (InlineStyle().IsMatch(markup)) yield return $"{path}: an inline style";
        if (InlineScript().IsMatch(markup)) yield return $"{path}: an inline script";
        if (InlineHandler().IsMatch(markup)) yield return $"{path}: an inline event handler";
        if (Raw().IsMatch(markup)) yield return $"{path}: raw HTML";
    }

    /// <summary>What is left open is in no file that ships.</summary>
    public static IEnumerable<string> CodeViolations(string path, string code) =>
        LeftOpen().Matches(code).Select(match => $"{path}: {match.Value}");

    [GeneratedRegex(@"--[^\n]*", RegexOptions.NonBacktracking)]
    private static partial Regex SqlComment();

    [GeneratedRegex(@"\b(table|index|sequence|view|type|on|into|from|update|references|join)\s+(if\s+not\s+exists\s+)?[a-z_]+\.[a-z_]+", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex SchemaQualified();

    [GeneratedRegex(@"\bcreate\s+(or\s+replace\s+)?(constraint\s+)?trigger\b", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex CreateTrigger();

    [GeneratedRegex(@"(^|;)\s*do\s+(\$|language)", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex DoBlock();

    [GeneratedRegex(@"<[a-z][^>]*\sstyle\s*=", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex InlineStyle();

    [GeneratedRegex(@"<script(\s+type=""[^""]*"")?\s*>", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex InlineScript();

    [GeneratedRegex(@"<[a-z][^>]*\son[a-z]+\s*=", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex InlineHandler();

    [GeneratedRegex(@"@Html\.Raw\(", RegexOptions.NonBacktracking)]
    private static partial Regex Raw();

    [GeneratedRegex(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK)\b|NotImplemented" + @"Exception", RegexOptions.NonBacktracking)]
    private static partial Regex LeftOpen();
}
