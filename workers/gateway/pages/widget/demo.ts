// The page / for customers.
