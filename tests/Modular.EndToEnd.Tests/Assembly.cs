using Modular.Testing;

[assembly: AssemblyFixture(typeof(PostgresFixture))]
