visits = Visits
