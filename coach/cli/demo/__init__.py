"""The whole product without hardware: a simulated runner who hears the coach."""
