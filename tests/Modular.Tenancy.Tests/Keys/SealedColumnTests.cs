using Microsoft.Extensions.DependencyInjection;
using Modular.Testing;

namespace Modular.Tenancy.Tests.Keys;

/// <summary>A rotation seals anew what the modules have declared; so whatever PostgreSQL holds as bytes must be declared.</summary>
public sealed class SealedColumnTests(TestHost host) : IClassFixture<TestHost>
{
    private const string ColumnsOfBytes = """
        select case when n.nspname ~ '^t_' then '' else n.nspname || '.' end || c.relname || '.' || a.attname
          from pg_attribute a
          join pg_class c on c.oid = a.attrelid
          join pg_namespace n on n.oid = c.relnamespace
         where a.atttypid = 'bytea'::regtype
           and a.attnum > 0
           and not a.attisdropped
           and c.relkind in ('r', 'p')
           and n.nspname not in ('pg_catalog', 'information_schema')
        """;

    [Fact]
    public async Task Every_column_of_bytes_is_declared_as_sealed_or_as_not()
    {
        await host.RunAsync("tenant", "create", "acme");
        var held = await host.System.ListAsync<string>(ColumnsOfBytes, null, TestContext.Current.CancellationToken);

        Assert.Contains("contact.profile", held);
        Assert.Equal([], Differences(held, Declared()));
    }

    [Fact]
    public void A_column_that_nobody_declared_is_found_and_so_is_one_that_is_not_there()
    {
        Assert.Equal(["contact.secret"], Differences(["contact.profile", "contact.secret"], ["contact.profile"]));
        Assert.Equal(["contact.gone"], Differences(["contact.profile"], ["contact.profile", "contact.gone"]));
    }

    [Fact]
    public void Nothing_is_declared_twice() => Assert.Equal(Declared().Distinct(), Declared());

    private List<string> Declared() =>
    [
        .. host.Services.GetServices<SealedColumn>().Select(c => c.ToString()),
        .. host.Services.GetServices<UnsealedColumn>().Select(c => $"{c.Table}.{c.Column}"),
    ];

    private static IEnumerable<string> Differences(IEnumerable<string> held, IReadOnlyCollection<string> declared) =>
        held.Distinct().Except(declared).Concat(declared.Except(held)).Order(StringComparer.Ordinal);
}
