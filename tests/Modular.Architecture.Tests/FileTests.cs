namespace Modular.Architecture.Tests;

public sealed class FileTests
{
    [Fact]
    public void Tenant_migrations_keep_a_tenant_movable() =>
        Assert.Empty(Read("*.sql").Where(file => file.Path.Contains("/Migrations/Tenant/", StringComparison.Ordinal)).SelectMany(file => WhatFilesMaySay.TenantMigrationViolations(file.Path, file.Text)));

    [Theory]
    [InlineData("create table contacts.contact (id bigint)")]
    [InlineData("create table a (id bigint references tenancy.tenant)")]
    [InlineData("create trigger t after insert on a execute function f()")]
    [InlineData("create table a (id bigint);\ndo $$ begin create table b (id bigint); end $$")]
    public void A_migration_that_ties_a_tenant_down_is_found(string sql) =>
        Assert.NotEmpty(WhatFilesMaySay.TenantMigrationViolations("0001.sql", sql));

    [Fact]
    public void Only_the_system_sees_more_than_one_tenant() =>
        Assert.Empty(Read("*.cs").SelectMany(file => WhatFilesMaySay.SystemDbViolations(file.Path, file.Text)));

    [Fact]
    public void A_module_that_reaches_for_the_system_is_found() =>
        Assert.NotEmpty(WhatFilesMaySay.SystemDbViolations("modules/contacts/Modular.Contacts/Lists/Lists.cs", "internal sealed class Lists(SystemDb db);"));

    [Fact]
    public void Pages_hold_nothing_inline() =>
        Assert.Empty(Read("*.cshtml").SelectMany(file => WhatFilesMaySay.PageViolations(file.Path, file.Text)));

    [Theory]
    [InlineData("<p style=\"color: red\">")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<button onclick=\"go()\">")]
    [InlineData("@Html.Raw(Model.Name)")]
    public void A_page_with_something_inline_is_found(string markup) =>
        Assert.NotEmpty(WhatFilesMaySay.PageViolations("Index.cshtml", markup));

    [Fact]
    public void Nothing_is_left_open() =>
        Assert.Empty(Read("*.cs").Concat(Read("*.cshtml")).Concat(Read("*.ts")).SelectMany(file => WhatFilesMaySay.CodeViolations(file.Path, file.Text)));

    [Fact]
    public void What_is_left_open_is_found() =>
        Assert.NotEmpty(WhatFilesMaySay.CodeViolations("A.cs", "throw new NotImplemented" + "Exception();"));

    [Fact]
    public void The_program_is_short_and_names_no_module()
    {
        var program = File.ReadAllLines(Path.Combine(Repository.Root, "host/Modular.Host/Program.cs"));

        Assert.InRange(program.Length, 1, 45);
        Assert.DoesNotContain(program, line => new[] { "Tenancy", "Contacts", "Compliance", "Campaigns", "Delivery" }.Any(module => line.Contains(module, StringComparison.Ordinal)));
    }

    private static IEnumerable<(string Path, string Text)> Read(string pattern) =>
        Repository.Files(pattern).Select(file => (Repository.Relative(file), File.ReadAllText(file)));
}
