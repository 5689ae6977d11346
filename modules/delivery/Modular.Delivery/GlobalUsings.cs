global using Modular.Compliance;
