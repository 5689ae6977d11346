using System.Reflection;

namespace Modular.Architecture.Tests;

public sealed class ModuleTests
{
    public static TheoryData<string> Modules => ["Modular.Tenancy", "Modular.Contacts", "Modular.Compliance", "Modular.Campaigns", "Modular.Delivery"];

    [Theory]
    [MemberData(nameof(Modules))]
    public void A_module_asks_only_forward_and_shows_only_its_module_class(string module) =>
        Assert.Empty(WhatModulesMayUse.Violations(Compiled(module)));

    [Theory]
    [MemberData(nameof(Modules))]
    public void A_module_names_its_entry_class(string module) =>
        Assert.Equal($"{module}.{module["Modular.".Length..]}Module", Compiled(module).ModuleClass);

    [Fact]
    public void The_host_uses_no_modules_type() =>
        Assert.Empty(WhatModulesMayUse.HostViolations(Compiled("modular")));

    [Theory]
    [InlineData("Modular.Delivery", "Modular.Campaigns.Contracts/Modular.Campaigns.ICampaigns")]
    [InlineData("Modular.Compliance", "Modular.Contacts.Contracts/Modular.Contacts.IProfiles")]
    [InlineData("Modular.Contacts", "Modular.Delivery.Contracts/Modular.Delivery.IDeliveries")]
    [InlineData("Modular.Contacts", "Modular.Delivery/Modular.Delivery.Queue")]
    [InlineData("Modular.Tenancy", "modular/Modular.Host.Suite")]
    public void A_module_that_looks_back_or_inside_is_found(string module, string used) =>
        Assert.Single(WhatModulesMayUse.Violations(new CompiledAssembly(module, [], [used], [], module + ".Module")));

    [Fact]
    public void A_module_that_hears_an_event_is_not_one_that_asks() =>
        Assert.Empty(WhatModulesMayUse.Violations(new CompiledAssembly("Modular.Contacts", [], ["Modular.Delivery.Contracts/Modular.Delivery.RecipientBounced"], [], null)));

    [Fact]
    public void A_type_that_shows_is_found() =>
        Assert.Single(WhatModulesMayUse.Violations(new CompiledAssembly("Modular.Contacts", [], [], ["Modular.Contacts.ContactsModule", "Modular.Contacts.RowMapper"], "Modular.Contacts.ContactsModule")));

    [Fact]
    public void A_host_that_names_a_module_is_found() =>
        Assert.Single(WhatModulesMayUse.HostViolations(new CompiledAssembly("modular", [], ["Modular.Contacts/Modular.Contacts.ContactsModule"], [], null)));

    private static CompiledAssembly Compiled(string name) => CompiledAssembly.Of(Assembly.Load(name));
}
